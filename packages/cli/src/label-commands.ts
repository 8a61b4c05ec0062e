import { Argument, type Command, Option } from 'commander'
import { drawLabel, printSheet } from './label.ts'
import type { Message } from './messages.ts'
import { type Shell, say } from './shell.ts'

/**
 * Describes `label CODE` and `label sheet CODES…`.
 * @param command makes a command below another one, null: below the program
 */
export function labelCommands(
  shell: Shell,
  command: (parent: Command | null, name: string, about: Message) => Command,
  done: (code: number) => void,
): void {
  const takes = (flags: string, message: Message) => new Option(flags, say(shell, message))
  const withCarrier = (to: Command) =>
    to
      .addOption(takes('--carrier <carrier>', 'labelCarrier'))
      .addOption(takes('--content <content>', 'labelContent').choices(['link', 'text']))
      .addOption(takes('--dpi <dots>', 'labelDpi'))

  const label = withCarrier(command(null, 'label', 'labelAbout'))
    .addArgument(new Argument('<code>', say(shell, 'traceCode')))
    .addOption(takes('--format <format>', 'labelFormat').choices(['svg', 'png']))
    .addOption(takes('--module <mm>', 'labelModule'))
    .addOption(takes('--out <file>', 'labelOut'))
    // Options behind `sheet` are its own.
    .enablePositionalOptions()
    .action(async (code, { lang: _, ...options }) => done(await drawLabel(shell, code, options)))

  withCarrier(command(label, 'sheet', 'labelSheetAbout'))
    .addArgument(new Argument('[codes...]', say(shell, 'labelCodes')))
    .addOption(takes('--codes <file>', 'labelCodesFile'))
    .addOption(takes('--range <id>', 'labelRange'))
    .addOption(takes('--from <number>', 'labelFrom'))
    .addOption(takes('--count <number>', 'labelCount'))
    .addOption(takes('--sheet <paper>', 'labelSheet'))
    .addOption(takes('--copies <number>', 'labelCopies'))
    .addOption(takes('--skip <number>', 'labelSkip'))
    .addOption(takes('--shift-x <mm>', 'labelShiftX'))
    .addOption(takes('--shift-y <mm>', 'labelShiftY'))
    .addOption(takes('--name <text>', 'labelName'))
    .addOption(takes('--lot <text>', 'labelLot'))
    .addOption(takes('--made <date>', 'labelMade'))
    .addOption(takes('--expires <date>', 'labelExpires'))
    .addOption(takes('--out <file>', 'labelOut').makeOptionMandatory())
    .action(async (codes, { lang: _, ...options }) => done(await printSheet(shell, codes, options)))
}
