import { type Codes, parseTime } from '@yuanliu/core'
import type { Decimal } from '../lib/decimal.ts'
import type { Units } from '../lib/units.ts'
import { type Bound, decimalOf, momentOf } from './compare.ts'
import type { Names } from './names.ts'
import type { EventQuery } from './query.ts'

/** What values of parameters are read by. */
export interface Language {
  codes: Codes
  units: Units
  names: Names
}

/** A value as it was given: in an address always a text. */
export type Given = string | number | boolean | null

/** A kind of value. */
export interface Kind<V> {
  /** several may be given, of which one must fit */
  many: boolean
  expected: string
  /** null: the value is none of this kind */
  read(given: Given, language: Language): V | null
}

/** One row of the query language: what it is called, which values it takes, and how it is decided. */
export interface Parameter {
  /** its name, or a pattern whose groups `take` gets */
  name: string | RegExp
  many: boolean
  expected: string
  /** @returns index of the first value that it cannot take, words where the name itself is wrong, null where all is well */
  take(given: readonly Given[], into: EventQuery, language: Language, groups: readonly string[]): number | string | null
}

/** What a row does with its values; words where the name does not make sense. */
export type Decide<V> = (
  values: [V, ...V[]],
  into: EventQuery,
  language: Language,
  groups: readonly string[],
) => string | undefined

/** A row of the table of parameters. */
export function parameter<V>(name: string | RegExp, kind: Kind<V>, decide: Decide<V>): Parameter {
  return {
    name,
    many: kind.many,
    expected: kind.expected,
    take(given, into, language, groups) {
      const values: V[] = []
      for (const [i, one] of given.entries()) {
        const value = kind.read(one, language)
        if (value === null) return i
        values.push(value)
      }
      return decide(values as [V, ...V[]], into, language, groups) ?? null
    },
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/

/** A text as it was given, a number as its digits. Empty ones and control characters are never meant. */
function plainText(given: Given): string | null {
  const text = typeof given === 'number' ? String(given) : given
  return typeof text === 'string' && text !== '' && !CONTROL.test(text) ? text : null
}

/** Texts, read further by `of`. */
export function texts<V>(expected: string, of: (text: string, language: Language) => V | null): Kind<V> {
  return {
    many: true,
    expected,
    read(given, language) {
      const text = plainText(given)
      return text === null ? null : of(text, language)
    },
  }
}

/** One of several words. */
export function word<W extends string>(words: readonly W[]): Kind<W> {
  return {
    many: false,
    expected: words.join(' | '),
    read: given => words.find(w => w === given) ?? null,
  }
}

/** An instant in microseconds. */
export const TIME: Kind<number> = {
  many: false,
  expected: '应为带时区的时间 an ISO 8601 instant such as 2026-10-01T08:00:00+08:00',
  // A "+" in an address is a space to form decoders; a time with a zone means it.
  read: given => (typeof given === 'string' ? parseTime(given.replace(/ (?=\d\d:\d\d$)/, '+')) : null),
}

function whole(least: number): Kind<number> {
  return {
    many: false,
    expected: `应为不小于 ${least} 的整数 a whole number, ${least} or more`,
    read(given) {
      const n = /^\d{1,15}$/.test(String(given)) ? Number(given) : -1
      return n < least ? null : n
    },
  }
}
export const COUNT = whole(1)

const ONE_NUMBER = '应为十进制数 a decimal number'
export const NUMBER: Kind<Decimal> = { many: false, expected: ONE_NUMBER, read: decimalOf }
export const NUMBERS: Kind<Decimal> = { ...NUMBER, many: true }

export const BOOLEAN: Kind<boolean> = {
  many: false,
  expected: 'true | false',
  read: given => (String(given) === 'true' ? true : String(given) === 'false' ? false : null),
}

/** Whether something must be there; `EXISTS_…` parameters mean it by being given at all (EPCIS 2.0 §8.2.7.1). */
export const FLAG: Kind<boolean> = {
  many: false,
  expected: '留空或 true empty, or true',
  read(given) {
    if (given === null || given === '' || given === 1) return true
    const text = String(given)
    if (text === 'true' || text === '1') return true
    return text === 'false' || text === '0' ? false : null
  },
}

/** Values of extension fields, whatever their type. */
export const ANYTHING: Kind<string | number | boolean> = {
  many: true,
  expected: '应为文本、数或布尔值 a text, a number or a boolean',
  read: given => (typeof given === 'number' || typeof given === 'boolean' ? given : plainText(given)),
}

/** What extension fields are compared with. */
export const BOUND: Kind<Bound> = {
  many: false,
  expected: '应为数、日期或带时区的时间 a number, a date or an instant with its zone',
  read(given) {
    const number = decimalOf(given)
    if (number) return { number }
    const moment = momentOf(typeof given === 'string' ? given.replace(/ (?=\d\d:\d\d$)/, '+') : given)
    return moment === null ? null : { moment }
  },
}
