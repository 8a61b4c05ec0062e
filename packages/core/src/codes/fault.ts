import type { SchemeFile } from './scheme-file.ts'

/** Why a text is no code of a scheme; `scheme`: there is no such scheme. The order is that of `match`. */
export const REASONS = ['format', 'length', 'checksum', 'component', 'scheme'] as const
export type Reason = (typeof REASONS)[number]
/** A reason, and where in the text it shows (UTF-16 index). */
export interface Fault {
  reason: Reason
  at: number
}

interface Words {
  zh: string
  en: string
}

const WORDS: Record<Reason, (position: number) => Words> = {
  format: n => ({ zh: `第 ${n} 个字符不应出现在这里`, en: `character ${n} cannot stand here` }),
  length: n => ({ zh: `长度不对（第 ${n} 个字符处）`, en: `wrong length (at character ${n})` }),
  checksum: n => ({
    zh: `校验位（第 ${n} 个字符）不对，请核对号码`,
    en: `check digit (character ${n}) is wrong: compare the number`,
  }),
  component: n => ({ zh: `第 ${n} 个字符起的部分不合规则`, en: `the part from character ${n} on breaks a rule` }),
  scheme: () => ({ zh: '没有这种编码规则', en: 'there is no such scheme' }),
}

/** A fault in words, with the rule that was broken where it has a name; positions are counted from 1 for people. */
export function wordsOf({ reason, at }: Fault, title: SchemeFile['title'], rule?: string): Words {
  const words = WORDS[reason](at + 1)
  const zh = rule === undefined ? '' : `（${rule}）`
  const en = rule === undefined ? '' : ` (${rule})`
  return { zh: `${title.zh}：${words.zh}${zh}`, en: `${title.en}: ${words.en}${en}` }
}
