import { Argument, type Command, Option } from 'commander'
import { makeKey } from './log-key.ts'
import { monitorLog } from './log-monitor.ts'
import { listReaders, rebuildReader } from './log-readers.ts'
import { retireCommand } from './log-retire.ts'
import { verifyLog } from './log-verify.ts'
import type { Message } from './messages.ts'
import { type Shell, say } from './shell.ts'

/**
 * Describes `log verify`, `log monitor`, `log retire`, `log key`, `log readers` and `log reader`.
 * @param command makes a command below another one, or the program
 */
export function logCommands(
  shell: Shell,
  command: (parent: Command | null, name: string, about: Message) => Command,
  until: AbortSignal,
  done: (code: number) => void,
): void {
  const takes = (flags: string, message: Message) => new Option(flags, say(shell, message))
  const keys = () =>
    takes('--key <verifier-key>', 'logKeyOption').argParser<string[]>((key, before) => [...(before ?? []), key])
  const log = command(null, 'log', 'logAbout')
  command(log, 'verify', 'logVerifyAbout')
    .addArgument(new Argument('[place]', say(shell, 'logVerifyPlace')))
    .addOption(keys())
    .addOption(takes('--policy <file>', 'logPolicyOption'))
    .addOption(takes('-q, --quiet', 'optionQuiet'))
    .action(async (place: string | undefined, options) => done(await verifyLog(shell, place, options)))
  command(log, 'monitor', 'logMonitorAbout')
    .addArgument(new Argument('<url>', say(shell, 'optionUrl')))
    .addOption(takes('--dir <folder>', 'logMonitorDir'))
    .addOption(takes('--every <seconds>', 'logMonitorEvery'))
    .addOption(takes('--once', 'logMonitorOnce'))
    .addOption(keys())
    .action(async (url: string, options) => done(await monitorLog(shell, url, options, until)))
  command(log, 'retire', 'logRetireAbout')
    .addOption(takes('--new-origin <origin>', 'logRetireOrigin').makeOptionMandatory())
    .addOption(takes('--reason <text>', 'logRetireReason').makeOptionMandatory())
    .addOption(takes('--database <url>', 'backupDatabase'))
    .addOption(takes('--data-dir <folder>', 'backupFolder'))
    .action(async options => done(await retireCommand(shell, options)))
  command(log, 'key', 'logKeyAbout')
    .addArgument(new Argument('<file>', say(shell, 'logKeyFile')))
    .addOption(takes('--origin <origin>', 'logKeyOrigin').makeOptionMandatory())
    .addOption(takes('--suite <suite>', 'logKeySuite').choices(['sha256-ed25519', 'sm3-sm2']))
    .addOption(takes('--witness', 'logKeyWitness'))
    .action(async (file: string, options) => done(await makeKey(shell, file, options)))
  command(log, 'readers', 'logReadersAbout')
    .addOption(takes('--json', 'logReadersJson'))
    .action(async options => done(await listReaders(shell, options)))
  const reader = command(log, 'reader', 'logReaderAbout')
  command(reader, 'rebuild', 'logReaderRebuildAbout')
    .addArgument(new Argument('<name>', say(shell, 'logReaderName')))
    .action(async (name: string) => done(await rebuildReader(shell, name)))
}
