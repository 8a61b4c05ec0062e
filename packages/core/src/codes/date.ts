/** Days of the months of a leap year: without a year, 29 February may be. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const FIRST_YEAR = 1900
const LAST_YEAR = 2099

/**
 * A test of dates: it answers the index of the part of a date that cannot be, −1 where all can. Years are those of the
 * last century and this one.
 * @param format of YYYY, YY, Y, MM and DD in any order; the test takes digits of the same length
 */
export function dateTest(format: string): (value: string) => number {
  const yearAt = format.indexOf('YYYY')
  const monthAt = format.indexOf('MM')
  const dayAt = format.indexOf('DD')
  return value => {
    const year = yearAt < 0 ? 0 : number(value, yearAt, 4)
    if (yearAt >= 0 && (year < FIRST_YEAR || year > LAST_YEAR)) return yearAt
    const month = monthAt < 0 ? 1 : number(value, monthAt, 2)
    if (month < 1 || month > 12) return monthAt
    if (dayAt < 0) return -1
    const day = number(value, dayAt, 2)
    const most = yearAt >= 0 && monthAt >= 0 && month === 2 && !isLeap(year) ? 28 : monthAt < 0 ? 31 : DAYS[month - 1]!
    return day < 1 || day > most ? dayAt : -1
  }
}

function number(value: string, at: number, length: number): number {
  let n = 0
  for (let i = at; i < at + length; i++) n = n * 10 + value.charCodeAt(i) - 48
  return n
}

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
