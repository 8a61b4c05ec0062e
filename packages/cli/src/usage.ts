import type { Shell } from './shell.ts'

/** What commander says of a wrong command line, and the same in Chinese. `$1`, `$2`: what the English sentence names. */
const SENTENCES: readonly [RegExp, string][] = [
  [/^unknown option '(.+?)'/, '没有选项“$1”'],
  [/^unknown command '(.+?)'/, '没有命令“$1”'],
  [/^missing required argument '(.+?)'/, '缺少参数 <$1>'],
  [/^required option '(.+?)' not specified/, '缺少选项 $1'],
  [/^option '(.+?)' argument missing/, '选项 $1 缺少取值'],
  [
    /^option '(.+?)' argument '([\s\S]*?)' is invalid\. Allowed choices are (.+?)\.$/,
    '选项 $1 的取值“$2”无效，可选：$3',
  ],
  [/^too many arguments(?: for '(.+?)')?/, '参数过多'],
]

/** Commander's complaint in the shell's language, with where to find help. */
export function usageFault({ language }: Pick<Shell, 'language'>, text: string): string {
  const english = text.replace(/^error: /, '').trim()
  if (language === 'en') return `Error: ${english}\nSee yuanliu --help\n`
  const first = english.split('\n')[0] ?? ''
  const known = SENTENCES.find(([form]) => form.test(first))
  const chinese = known
    ? first.match(known[0])?.reduce((said, part, i) => said.replace(`$${i}`, () => part ?? ''), known[1])
    : null
  return `错误：${chinese ?? english}\n用法见 yuanliu --help\n`
}
