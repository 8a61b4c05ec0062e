import { TOMBSTONE_REASONS } from '@yuanliu/core'
import { Argument, type Command, Option } from 'commander'
import { backupCommand, restoreCommand } from './backup.ts'
import { deleteEventCommand } from './event.ts'
import type { Message } from './messages.ts'
import { type Shell, say } from './shell.ts'

/** Describes `backup`, `restore` and `event delete`. @param command makes a command below another one, or the program */
export function backupCommands(
  shell: Shell,
  command: (parent: Command | null, name: string, about: Message) => Command,
  done: (code: number) => void,
): void {
  const takes = (flags: string, message: Message) => new Option(flags, say(shell, message))
  command(null, 'backup', 'backupAbout')
    .addArgument(new Argument('<file>', say(shell, 'backupFile')))
    .addOption(takes('--url <url>', 'backupUrl'))
    .addOption(takes('--database <url>', 'backupDatabase'))
    .addOption(takes('--data-dir <folder>', 'backupFolder'))
    .addOption(takes('-q, --quiet', 'optionQuiet'))
    .action(async (file: string, options) => done(await backupCommand(shell, file, options)))
  command(null, 'restore', 'restoreAbout')
    .addArgument(new Argument('<file>', say(shell, 'restoreFile')))
    .addOption(takes('--database <url>', 'backupDatabase'))
    .addOption(takes('--data-dir <folder>', 'backupFolder'))
    .addOption(takes('-q, --quiet', 'optionQuiet'))
    .action(async (file: string, options) => done(await restoreCommand(shell, file, options)))
  const event = command(null, 'event', 'eventAbout')
  command(event, 'delete', 'eventDeleteAbout')
    .addArgument(new Argument('<id>', say(shell, 'eventId')))
    .addOption(takes('--reason <reason>', 'eventReason').choices(Object.keys(TOMBSTONE_REASONS)).makeOptionMandatory())
    .addOption(takes('--ground <text>', 'eventGround').makeOptionMandatory())
    .addOption(takes('--part <number>', 'eventPart'))
    .action(async (id: string, options) => done(await deleteEventCommand(shell, id, options)))
}
