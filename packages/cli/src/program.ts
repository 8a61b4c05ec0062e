import { readFileSync } from 'node:fs'
import { PERMISSIONS } from '@yuanliu/core'
import { Argument, Command, CommanderError, Option } from 'commander'
import { backupCommands } from './backup-commands.ts'
import { explainCode } from './code.ts'
import { type ConformanceOptions, conformance } from './conformance/conformance.ts'
import { demoCommand } from './demo.ts'
import { serveDemo } from './demo-serve.ts'
import { Failure, report } from './failure.ts'
import { importFiles } from './import.ts'
import { createKeyCommand, listKeysCommand, revokeKeyCommand } from './key.ts'
import { labelCommands } from './label-commands.ts'
import { logCommands } from './log-commands.ts'
import type { Message } from './messages.ts'
import { sandboxCommands } from './sandbox.ts'
import { languageOf, type Shell, say, type Values } from './shell.ts'
import { signingCommands } from './signing-commands.ts'
import { traceCode } from './trace.ts'
import { usageFault } from './usage.ts'

/**
 * Runs one command line (without node and script).
 * @param until resolves when a command that serves is to stop
 * @returns the exit code
 */
export async function run(
  argv: readonly string[],
  outside: Omit<Shell, 'language'>,
  until: AbortSignal = new AbortController().signal,
): Promise<number> {
  const shell: Shell = { ...outside, language: languageOf(argv, outside.env) }
  let code = 0
  const program = describe(shell, until, result => {
    code = result
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1
    if (until.aborted && error === until.reason) return 0
    return report(shell, error)
  }
}

function describe(shell: Shell, until: AbortSignal, done: (code: number) => void): Command {
  const t = (message: Message, values?: Values) => say(shell, message, values)
  const takes = (flags: string, message: Message, values?: Values) => new Option(flags, t(message, values))
  const program = new Command('yuanliu')
  program.configureHelp({ styleTitle: title => titleOf(shell, title) })
  program.configureOutput({
    writeOut: text => void shell.stdout.write(text),
    writeErr: text => void shell.stderr.write(text),
    outputError: (text, write) => write(usageFault(shell, text)),
  })
  // Options behind the name of a command are that command's.
  program
    .enablePositionalOptions()
    .exitOverride()
    .helpOption('-h, --help', t('optionHelp'))
    .helpCommand(false)
    .showHelpAfterError(false)
  program.version(version(), '-V, --version', t('optionVersion')).description(t('about'))
  program
    .addOption(takes('--lang <lang>', 'optionLang').choices(['zh', 'en']))
    .addHelpText('after', `\n${t('aboutEnv')}`)

  const command = (parent: Command, name: string, about: Message) =>
    parent
      .command(name)
      .description(t(about))
      .helpOption('-h, --help', t('optionHelp'))
      .addOption(takes('--lang <lang>', 'optionLang').choices(['zh', 'en']))

  command(program, 'import', 'importAbout')
    .argument('<paths...>', t('importPaths'))
    .addOption(takes('--proceed', 'importProceed'))
    .addOption(takes('-q, --quiet', 'optionQuiet'))
    .action(async (paths, options) => done(await importFiles(shell, paths, options)))

  command(program, 'trace', 'traceAbout')
    .addArgument(new Argument('<code>', t('traceCode')))
    .addOption(takes('--direction <direction>', 'traceDirection').choices(['backward', 'forward', 'both']))
    .addOption(takes('--at <time>', 'traceAt'))
    .addOption(takes('--known <index or time>', 'traceKnown'))
    .addOption(takes('--depth <levels>', 'traceDepth'))
    .addOption(takes('--json', 'traceJson'))
    .action(async (code, options) => done(await traceCode(shell, code, options)))

  logCommands(shell, (parent, name, about) => command(parent ?? program, name, about), until, done)
  backupCommands(shell, (parent, name, about) => command(parent ?? program, name, about), done)
  labelCommands(shell, (parent, name, about) => command(parent ?? program, name, about), done)
  signingCommands(shell, (parent, name, about) => command(parent ?? program, name, about), done)
  sandboxCommands(shell, (parent, name, about) => command(parent ?? program, name, about), done)
  command(program, 'code', 'codeCommand')
    .addArgument(new Argument('<text>', t('codeText')))
    .addOption(takes('--json', 'codeJson'))
    .action((text, options) => done(explainCode(shell, text, options)))

  const key = command(program, 'key', 'keyAbout')
  command(key, 'create', 'keyCreateAbout')
    .addOption(takes('--organisation <code>', 'keyOrganisation').makeOptionMandatory())
    .addOption(takes('--permissions <list>', 'keyPermissions', { all: PERMISSIONS.join(',') }).makeOptionMandatory())
    .addOption(takes('--name <name>', 'keyName'))
    .addOption(takes('--expires <time>', 'keyExpires'))
    .addOption(takes('--label <text>', 'keyLabel'))
    .addOption(takes('--lenient', 'keyLenient'))
    .action(async options => done(await createKeyCommand(shell, options)))
  command(key, 'list', 'keyListAbout').action(async () => done(await listKeysCommand(shell)))
  command(key, 'revoke', 'keyRevokeAbout')
    .argument('<id>', t('keyId'))
    .action(async id => done(await revokeKeyCommand(shell, id)))

  command(program, 'conformance', 'conformanceAbout')
    .addArgument(new Argument('[url]', t('conformanceUrl')))
    .addOption(takes('--key <key>', 'conformanceKey'))
    .addOption(takes('--json <file>', 'conformanceJson'))
    .addOption(takes('--only <ids>', 'conformanceOnly'))
    .addOption(takes('--list', 'conformanceList'))
    .addOption(takes('--callback <url>', 'conformanceCallback'))
    .addOption(takes('-q, --quiet', 'conformanceQuiet'))
    .action(async (url: string | undefined, options: ConformanceOptions) =>
      done(await conformance(shell, url, options)),
    )

  command(program, 'demo', 'demoAbout')
    .addOption(takes('--serve', 'demoServe'))
    .addOption(takes('--url <url>', 'optionUrl'))
    .action(async ({ serve, url }: { serve?: boolean; url?: string }) => {
      if (serve && url !== undefined) throw new Failure('serveAndUrl')
      done(serve ? await serveUntil(shell, until) : await demoCommand(shell, { ...(url !== undefined && { url }) }))
    })
  return program
}

async function serveUntil(shell: Shell, until: AbortSignal): Promise<number> {
  const served = await serveDemo(shell, until)
  const stopped = new Promise<null>(resolve => {
    if (until.aborted) resolve(null)
    else until.addEventListener('abort', () => resolve(null), { once: true })
  })
  const lost = await Promise.race([stopped, served.lost])
  if (lost) {
    shell.stderr.write(`${lost.message}\n`)
    return 1
  }
  shell.stderr.write(`${say(shell, 'stopping')}\n`)
  await served.stop()
  return 0
}

function titleOf(shell: Shell, title: string): string {
  const titles: Record<string, Message> = {
    'Usage:': 'usage',
    'Options:': 'options',
    'Commands:': 'commands',
    'Arguments:': 'arguments',
  }
  const message = titles[title]
  return message ? say(shell, message) : title
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version
}
