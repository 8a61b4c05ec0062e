import { en } from './messages.en.ts'
import { zh } from './messages.zh.ts'

export const LOCALES = ['zh', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/** Same keys and the same parameters, any text. */
type Shape<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : T extends readonly string[]
      ? readonly string[]
      : { [K in keyof T]: Shape<T[K]> }
export type Messages = Shape<typeof zh>

const MESSAGES: Record<Locale, Messages> = { zh, en }

/** The texts of a language. */
export function t(locale: Locale): Messages {
  return MESSAGES[locale]
}

/** True for `zh` and `en`. */
export function isLocale(text: unknown): text is Locale {
  return text === 'zh' || text === 'en'
}

/** A text that may be known in one language only. */
export interface Bilingual {
  zh: string | null
  en: string | null
}

/** The text in that language, else in the other one; null where there is none. */
export function inLocale(text: Bilingual | null | undefined, locale: Locale): string | null {
  return text ? (text[locale] ?? text.zh ?? text.en) : null
}
