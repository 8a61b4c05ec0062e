/** An instant in microseconds as ISO 8601 in UTC; microseconds only where there are any. */
export function isoTime(micros: number): string {
  const millis = Math.floor(micros / 1000)
  const rest = micros - millis * 1000
  const text = new Date(millis).toISOString()
  return rest === 0 ? text : `${text.slice(0, -1)}${three(rest)}Z`
}

const DAY = 86_400_000_000
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))

function three(n: number): string {
  return n < 10 ? `00${n}` : n < 100 ? `0${n}` : String(n)
}

/** `isoTime` for many instants of few days. */
export function timeTexts(): (micros: number) => string {
  let last = Number.NaN
  let text = ''
  let day = Number.NaN
  let date = ''
  return micros => {
    if (micros === last) return text
    const start = Math.floor(micros / DAY) * DAY
    if (start !== day) {
      const midnight = isoTime(start)
      date = midnight.slice(0, midnight.indexOf('T') + 1)
      day = start
    }
    const millis = Math.floor((micros - start) / 1000)
    const rest = micros - start - millis * 1000
    const seconds = Math.floor(millis / 1000)
    const minutes = Math.floor(seconds / 60)
    const clock = `${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}`
    last = micros
    text = `${date}${clock}.${three(millis % 1000)}${rest === 0 ? '' : three(rest)}Z`
    return text
  }
}
