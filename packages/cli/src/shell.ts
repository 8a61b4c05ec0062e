import { type Message, messages } from './messages.ts'

export type Language = 'zh' | 'en'

/** Where text goes: a stream of the process, or a test's. */
export interface Out {
  write(text: string): unknown
  /** true for a terminal, whose lines can be drawn over */
  isTTY?: boolean
  columns?: number
}

/** What a command has to do with the outside. */
export interface Shell {
  stdout: Out
  stderr: Out
  env: Readonly<Record<string, string | undefined>>
  language: Language
  /** the network; the global `fetch` if absent */
  fetch?: typeof fetch
}

export type Values = Record<string, string | number>

/** `--lang`, else what LC_ALL, LC_MESSAGES or LANG name, else Chinese. */
export function languageOf(argv: readonly string[], env: Shell['env']): Language {
  const at = argv.findIndex(word => word === '--lang' || word.startsWith('--lang='))
  const given = at < 0 ? undefined : argv[at]?.includes('=') ? argv[at]?.slice('--lang='.length) : argv[at + 1]
  const locale = given ?? (env.LC_ALL || env.LC_MESSAGES || env.LANG || '')
  return /^en/i.test(locale) ? 'en' : 'zh'
}

/** A message in the shell's language, its `{places}` filled. */
export function say({ language }: Pick<Shell, 'language'>, message: Message, values: Values = {}): string {
  return messages[message][language].replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}

/** Writes lines. Texts from data cannot steer the terminal: controls and invisible marks become U+FFFD. */
export function print(out: Out, ...lines: string[]): void {
  for (const line of lines) out.write(`${line.replace(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')}\n`)
}

/** Writes a value as JSON, as it is, in characters that no terminal obeys. */
export function printJson(out: Out, value: unknown): void {
  const asEscape = (mark: string) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`
  out.write(`${JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, asEscape)}\n`)
}
