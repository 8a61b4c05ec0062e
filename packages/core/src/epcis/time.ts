/**
 * Times of EPCIS as instants: microseconds since 1970-01-01T00:00:00Z (RFC 3339 §5.6, EPCIS 2.0 §7.3.1).
 * Microseconds are exact from 1684 to 2255; outside, a number holds them rounded but in order.
 */

const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const DAY = 86_400_000_000
const PLUS = 43
const HYPHEN = 45
const POINT = 46
const COLON = 58
const LETTER_T = 116
const LETTER_Z = 122
const ZONE = /^[+-](?:0\d|1[0-3]):[0-5]\d$|^[+-]14:00$/

/** The number that `count` digits at `at` spell, -1 if one of them is none. */
function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  // years begin in March, so that the leap day is the last of its year
  const marchYear = month > 2 ? year : year - 1
  const marchMonth = (month + 9) % 12
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/**
 * The instant that a time with zone names, in microseconds since the epoch; finer digits are cut off.
 * Null for what is no instant: no zone, a day that does not exist, `24:00:00`, second 60.
 * @param from,until limits of the part of `text` that is meant
 */
export function parseTime(text: string, from = 0, until = text.length): number | null {
  const year = digits(text, from, 4)
  const month = digits(text, from + 5, 2)
  const day = digits(text, from + 8, 2)
  const hour = digits(text, from + 11, 2)
  const minute = digits(text, from + 14, 2)
  const second = digits(text, from + 17, 2)
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || minute < 0 || second < 0) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  if (day > (month === 2 && isLeap(year) ? 29 : DAYS_IN_MONTH[month]!)) return null
  if (text.charCodeAt(from + 4) !== HYPHEN || text.charCodeAt(from + 7) !== HYPHEN) return null
  if ((text.charCodeAt(from + 10) | 32) !== LETTER_T) return null
  if (text.charCodeAt(from + 13) !== COLON || text.charCodeAt(from + 16) !== COLON) return null
  let at = from + 19
  let micros = 0
  if (text.charCodeAt(at) === POINT) {
    const first = ++at
    for (let scale = 100_000; at < until; at++, scale /= 10) {
      const digit = text.charCodeAt(at) - 48
      if (!(digit >= 0 && digit <= 9)) break
      if (scale >= 1) micros += digit * scale
    }
    if (at === first) return null
  }
  const zone = zoneAt(text, at, until)
  if (zone === null) return null
  const minutes = hour * 60 + minute - zone
  return daysSinceEpoch(year, month, day) * DAY + minutes * 60_000_000 + second * 1_000_000 + micros
}

/** Minutes east of UTC of the `Z` or `±hh:mm` that stands between `at` and `until`. */
function zoneAt(text: string, at: number, until: number): number | null {
  const sign = text.charCodeAt(at)
  if ((sign | 32) === LETTER_Z) return until === at + 1 ? 0 : null
  if ((sign !== PLUS && sign !== HYPHEN) || until !== at + 6 || text.charCodeAt(at + 3) !== COLON) return null
  const hours = digits(text, at + 1, 2)
  const minutes = digits(text, at + 4, 2)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null
  return sign === HYPHEN ? -(hours * 60 + minutes) : hours * 60 + minutes
}

/** Minutes east of UTC of an `eventTimeZoneOffset` (`±hh:mm`, at most 14 hours; EPCIS 2.0 §7.4.1), else null. */
export function parseZone(text: string): number | null {
  return ZONE.test(text) ? (zoneAt(text, 0, text.length) ?? null) || 0 : null
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/**
 * ISO 8601 of an instant in microseconds, in UTC or as the clock showed it `zoneMinutes` east of UTC.
 * Three fraction digits, six where the instant has them. Years 0000 to 9999.
 */
export function formatTime(micros: number, zoneMinutes?: number): string {
  const millis = Math.floor(micros / 1000)
  const rest = micros - millis * 1000
  const local = new Date(millis + (zoneMinutes ?? 0) * 60_000).toISOString().slice(0, -1)
  const fine = rest === 0 ? '' : pad(rest, 3)
  if (zoneMinutes === undefined) return `${local}${fine}Z`
  const size = Math.abs(zoneMinutes)
  return `${local}${fine}${zoneMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`
}
