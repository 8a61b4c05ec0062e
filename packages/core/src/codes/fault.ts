import type { SchemeFile } from './scheme-file.ts'

/** Why a text is no code of a scheme: the four kinds, and where in the text it shows (UTF-16 index). */
export type Reason = 'format' | 'length' | 'checksum' | 'component'
export interface Fault {
  reason: Reason
  at: number
}
/** A fault in words. */
export interface Spoken extends Fault {
  message: { zh: string; en: string }
}

const WORDS: Record<Reason, (position: number) => { zh: string; en: string }> = {
  format: n => ({ zh: `第 ${n} 个字符不应出现在这里`, en: `character ${n} cannot stand here` }),
  length: n => ({ zh: `长度不对（第 ${n} 个字符处）`, en: `wrong length (at character ${n})` }),
  checksum: n => ({
    zh: `校验位（第 ${n} 个字符）不对，请核对号码`,
    en: `check digit (character ${n}) is wrong: compare the number`,
  }),
  component: n => ({ zh: `第 ${n} 个字符起的部分不合规则`, en: `the part from character ${n} on breaks a rule` }),
}

/** A fault with its message; positions are counted from 1 for people. */
export function spoken(fault: Fault, title: SchemeFile['title']): Spoken {
  const words = WORDS[fault.reason](fault.at + 1)
  return { ...fault, message: { zh: `${title.zh}：${words.zh}`, en: `${title.en}: ${words.en}` } }
}
