import { parseTime } from '../time.ts'

const FORM = /^(\d{4}-\d\d-\d\d)T([\d:.]+)(Z|[+-]\d\d:\d\d)$/
/** The XML schema ends where the world does; JSON's takes any hour. */
const WIDEST = 14 * 60

/**
 * A time as XML has it (XML Schema 1.1 Part 2 §3.3.7): `T` and `Z` in upper case, no further from UTC than 14 hours. JSON takes more
 * (RFC 3339 §5.6), and means the same instant. What is no time stays as it is.
 */
export function xmlTime(text: string): string {
  const upper = text.toUpperCase()
  const parts = FORM.exec(upper)
  if (!parts) return text
  const [, date, clock = '', zone = ''] = parts
  const minutes = zone === 'Z' ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))
  if (minutes <= WIDEST) return upper
  // The instant in UTC; fractions are as they were, since the shift is of whole minutes.
  const micros = parseTime(`${date}T${clock.slice(0, 8)}Z`)
  if (micros === null) return text
  const shifted = new Date(micros / 1000 - (zone[0] === '-' ? -1 : 1) * minutes * 60_000).toISOString()
  return `${shifted.slice(0, 19)}${clock.slice(8)}Z`
}
