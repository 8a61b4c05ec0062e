import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DATA } from '../lib/paths.ts'

/**
 * `data/docs/zh.json`: the Chinese of what core describes in English, by the English; names and forms that nobody
 * translates stand there as they are.
 */
export const CHINESE: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(DATA, 'docs/zh.json'), 'utf8'))

/** The same in both languages. */
export interface Words {
  zh: string
  en: string
}

/** A description of core in both languages; two equal texts where there is nothing to translate. */
export function wordsOf(en: string): Words {
  return { zh: CHINESE[en] ?? en, en }
}

/** The same in one text, Chinese first. */
export function inBoth(text: string): string {
  const { zh, en } = wordsOf(text)
  return zh === en ? en : `${zh} ${en}`
}
