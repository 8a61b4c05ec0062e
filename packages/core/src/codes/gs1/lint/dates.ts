import type { Fault } from '../../fault.ts'
import { at, digitsFault, type Lint, nonDigit } from './lint.ts'

/** Dates and times: General Specifications §3 (AI 11–17, 4324–4326, 7003, 7006, 7007, 7011, 7250, 7251, 8008). */

const LAST_DAY = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Month and day from `from` on in a text of digits.
 * @param year any year of the same kind: 2000 + YY serves for YY, since 2000 was a leap year
 */
function dayFault(text: string, from: number, year: number, dayZero: boolean): Fault | null {
  const month = Number(text.slice(from, from + 2))
  const day = Number(text.slice(from + 2, from + 4))
  if (month < 1 || month > 12) return at('component', from)
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const last = month === 2 && leap ? 29 : LAST_DAY[month - 1]!
  return (day === 0 && !dayZero) || day > last ? at('component', from + 2) : null
}

const shortDate =
  (dayZero: boolean): Lint =>
  text =>
    digitsFault(text, 6) ?? dayFault(text, 2, 2000 + Number(text.slice(0, 2)), dayZero)
const longDate =
  (dayZero: boolean): Lint =>
  text =>
    digitsFault(text, 8) ?? dayFault(text, 4, Number(text.slice(0, 4)), dayZero)

/** YYMMDD */
export const yymmdd = shortDate(false)
/** YYMMDD; day 00 stands for the whole month */
export const yymmd0 = shortDate(true)
/** YYYYMMDD */
export const yyyymmdd = longDate(false)
/** YYYYMMDD; day 00 stands for the whole month */
export const yyyymmd0 = longDate(true)

const below =
  (limit: number): Lint =>
  text =>
    digitsFault(text, 2) ?? (Number(text) < limit ? null : at('component', 0))
/** hour of the day */
export const hh = below(24)
/** minute */
export const mi = below(60)
/** second */
export const ss = below(60)
/** hour and minute */
export const hhmi: Lint = text => {
  const fault = digitsFault(text, 4)
  if (fault) return fault
  if (Number(text.slice(0, 2)) > 23) return at('component', 0)
  return Number(text.slice(2)) > 59 ? at('component', 2) : null
}

/**
 * The day that a YYMMDD of a bar code means, `YYYY-MM-DD`; the last of the month for day 00. Null where it is no date.
 * The century is the one that puts the year within 49 years back and 50 ahead (General Specifications §7.12).
 * @param year the present year
 */
export function isoDate(text: string, year: number): string | null {
  if (nonDigit(text) >= 0 || yymmd0(text)) return null
  const gap = Number(text.slice(0, 2)) - (year % 100)
  const century = Math.floor(year / 100) + (gap >= 51 ? -1 : gap <= -50 ? 1 : 0)
  const full = century * 100 + Number(text.slice(0, 2))
  const month = text.slice(2, 4)
  const day = text.slice(4) === '00' ? new Date(Date.UTC(full, Number(month), 0)).getUTCDate() : Number(text.slice(4))
  return `${full}-${month}-${String(day).padStart(2, '0')}`
}
