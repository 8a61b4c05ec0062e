import type { Reason } from '../fault.ts'
import { aiOf } from './ai-table.ts'

/** An application identifier, its value as plain text, and where the value begins in the text that was read. */
export interface Gs1Element {
  ai: string
  value: string
  at: number
}

/** What is wrong, where in the text it shows (UTF-16 index), and words for people. */
export interface Gs1Fault {
  ok: false
  reason: Reason
  at: number
  /** the application identifier it is about */
  ai?: string
  message: { zh: string; en: string }
}

/** Longer texts are refused unread. */
export const LONGEST = 4096

/** FNC1 as scanners give it: the ASCII group separator (General Specifications §7.8). */
export const FNC1 = '\u001d'

const WORDS: Record<Reason, { zh: string; en: string }> = {
  format: { zh: '不应有的字符', en: 'a character that cannot stand here' },
  length: { zh: '长度不对', en: 'wrong length' },
  checksum: { zh: '校验位不对，请核对号码', en: 'the check digit is wrong: compare the number' },
  component: { zh: '不合规则', en: 'breaks a rule' },
} as Record<Reason, { zh: string; en: string }>

/** A fault in words: what it is about, where it is (counted from 1), what is wrong. */
export function gs1Fault(reason: Reason, at: number, about: { ai?: string; zh?: string; en?: string } = {}): Gs1Fault {
  const title = about.ai === undefined ? undefined : aiOf(about.ai)?.title
  const zh = `${about.ai === undefined ? '' : `(${about.ai})${title?.zh ?? ''}：`}${about.zh ?? WORDS[reason].zh}（第 ${at + 1} 个字符）`
  const en = `${about.ai === undefined ? '' : `(${about.ai})${title ? ` ${title.en}` : ''}: `}${about.en ?? WORDS[reason].en} (character ${at + 1})`
  return { ok: false, reason, at, ...(about.ai === undefined ? {} : { ai: about.ai }), message: { zh, en } }
}

export const tooLong = (): Gs1Fault =>
  gs1Fault('length', LONGEST, { zh: `最多 ${LONGEST} 个字符`, en: `at most ${LONGEST} characters` })
