import type { FaultAt, Schedule } from '@yuanliu/core'

/** A schedule as it is reckoned with: of each field the values at which a time matches, in order; null for any. */
export interface Timetable {
  second: readonly number[]
  minute: readonly number[]
  hour: readonly number[]
  dayOfMonth: readonly number[] | null
  month: readonly number[] | null
  /** 1 is Monday */
  dayOfWeek: readonly number[] | null
}

const RANGES = {
  second: [0, 59],
  minute: [0, 59],
  hour: [0, 23],
  dayOfMonth: [1, 31],
  month: [1, 12],
  dayOfWeek: [1, 7],
} as const
type Field = keyof typeof RANGES
const FIELDS = Object.keys(RANGES) as Field[]
/** From the finest to the coarsest. */
const OF_A_DAY = ['second', 'minute', 'hour'] as const

/**
 * Reads a schedule (EPCIS 2.0 §8.2.5.3): each field is numbers and ranges `[low-high]`, the brackets may be left out,
 * divided by commas. A field that is left out matches any value if it is coarser than the finest one given, and its
 * lowest if it is finer: {hour: 1, minute: 5} is 01:05:00 every day, as the standard's example says.
 * @param at what stands before a field's name in pointers
 */
export function readSchedule(schedule: Schedule, at: string): Timetable | FaultAt[] {
  const faults: FaultAt[] = []
  const values: Partial<Record<Field, number[]>> = {}
  for (const field of FIELDS) {
    const given = schedule[field]
    if (given === undefined) continue
    const [low, high] = RANGES[field]
    const read = numbersOf(String(given), low, high)
    if (read) values[field] = read
    else {
      const expected = `应为 ${low}–${high} 的数或 [低-高]，以逗号分隔 numbers from ${low} to ${high}, or [low-high], divided by commas`
      faults.push({ pointer: `${at}${field}`, message: `${String(given).slice(0, 100)}: ${expected}` })
    }
  }
  if (faults.length) return faults
  const finest = OF_A_DAY.find(field => values[field])
  const left = (field: (typeof OF_A_DAY)[number]) =>
    finest !== undefined && OF_A_DAY.indexOf(field) > OF_A_DAY.indexOf(finest) ? upTo(RANGES[field][1]) : [0]
  const table: Timetable = {
    second: values.second ?? left('second'),
    minute: values.minute ?? left('minute'),
    hour: values.hour ?? left('hour'),
    dayOfMonth: values.dayOfMonth ?? (finest || values.dayOfWeek || !values.month ? null : [1]),
    month: values.month ?? null,
    dayOfWeek: values.dayOfWeek ?? null,
  }
  if (firstDay(table, { year: 2026, month: 1, day: 1 }, 0) !== null) return table
  return [{ pointer: `${at}dayOfMonth`, message: '没有这样的日期 there is no such day' }]
}

function upTo(high: number): number[] {
  return Array.from({ length: high + 1 }, (_, i) => i)
}

function numbersOf(text: string, low: number, high: number): number[] | null {
  const found = new Set<number>()
  for (const element of text.split(',')) {
    const [, a, b] = /^\s*\[?(\d{1,2})(?:-(\d{1,2}))?\]?\s*$/.exec(element) ?? []
    if (a === undefined || /\[/.test(element) !== /\]/.test(element)) return null
    const [from, until] = [Number(a), Number(b ?? a)]
    if (from < low || until > high || from > until) return null
    for (let n = from; n <= until; n++) found.add(n)
  }
  return [...found].sort((x, y) => x - y)
}

interface Day {
  year: number
  month: number
  day: number
}

const DAY_MS = 86_400_000
/** Nine years hold a 29 February on any day of the week that has one. A century without is far away. */
const DAYS_AHEAD = 366 * 29

/** The first day that matches, `skip` days after `day` or later, as the UTC midnight of its date. */
function firstDay(table: Timetable, { year, month, day }: Day, skip: number): number | null {
  const begin = Date.UTC(year, month - 1, day)
  for (let i = skip; i < DAYS_AHEAD; i++) {
    const at = new Date(begin + i * DAY_MS)
    if (table.month && !table.month.includes(at.getUTCMonth() + 1)) continue
    if (table.dayOfMonth && !table.dayOfMonth.includes(at.getUTCDate())) continue
    if (table.dayOfWeek && !table.dayOfWeek.includes(((at.getUTCDay() + 6) % 7) + 1)) continue
    return at.getTime()
  }
  return null
}

/**
 * The first time after `after` (milliseconds) that matches on the clocks of a time zone. A time that the clocks leave
 * out in spring does not happen; one that they show twice in autumn happens once.
 */
export function nextRun(table: Timetable, after: number, zone: string): number {
  const clock = clockOf(zone)
  let local = clock(after)
  for (;;) {
    local = nextLocal(table, local)
    const time = timeAt(local, clock)
    if (time !== null && time > after) return time
  }
}

/** The next time that matches on a clock without time zone; times are those of a clock that shows UTC. */
function nextLocal(table: Timetable, after: number): number {
  const midnight = Math.floor(after / DAY_MS) * DAY_MS
  const at = new Date(midnight)
  const date = { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() }
  if (firstDay(table, date, 0) === midnight) {
    const second = nextSecond(table, Math.floor((after - midnight) / 1000))
    if (second !== null) return midnight + second * 1000
  }
  const next = firstDay(table, date, 1)
  if (next === null) throw new Error('a schedule without any day')
  return (
    next +
    (table.hour[0] as number) * 3_600_000 +
    (table.minute[0] as number) * 60_000 +
    (table.second[0] as number) * 1000
  )
}

/** The first second of the day that matches behind `after`. */
function nextSecond({ hour, minute, second }: Timetable, after: number): number | null {
  for (const h of hour) {
    if ((h + 1) * 3600 <= after) continue
    for (const m of minute) {
      if (h * 3600 + (m + 1) * 60 <= after) continue
      for (const s of second) if (h * 3600 + m * 60 + s > after) return h * 3600 + m * 60 + s
    }
  }
  return null
}

/** What the clocks of a zone show at a time, as the time at which clocks of UTC show the same. */
function clockOf(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return time => {
    const p = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = p
    return Date.UTC(year, month - 1, day, hour, minute, second) + (time % 1000)
  }
}

/** The time at which the clocks of a zone show `local`, the first of two; null where they never do. */
function timeAt(local: number, clock: (time: number) => number): number | null {
  // Offsets a day before and a day after are the two that can hold.
  const candidates = [local - DAY_MS, local + DAY_MS].map(near => local - (clock(near) - near))
  return candidates.sort((a, b) => a - b).find(time => clock(time) === local) ?? null
}
