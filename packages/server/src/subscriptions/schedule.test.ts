import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextRun, readSchedule, type Timetable } from './schedule.ts'

function tableOf(schedule: Record<string, string | number>): Timetable {
  const table = readSchedule(schedule, '/schedule/')
  if (Array.isArray(table)) throw new Error(JSON.stringify(table))
  return table
}
const SHANGHAI = 'Asia/Shanghai'
const next = (schedule: Record<string, string | number>, after: string, zone = SHANGHAI) =>
  new Date(nextRun(tableOf(schedule), Date.parse(after), zone)).toISOString()

describe('when a schedule runs', () => {
  it.each([
    // The standard's example: every morning at 1.05.
    [{ hour: '1', minute: '5' }, '2026-11-22T00:00:00+08:00', '2026-11-21T17:05:00.000Z'],
    [{ hour: '1', minute: '5' }, '2026-11-22T01:05:00+08:00', '2026-11-22T17:05:00.000Z'],
    [{ hour: 1, minute: 5 }, '2026-11-22T01:04:59.999+08:00', '2026-11-21T17:05:00.000Z'],
    [{ second: '0,15,[30-32]' }, '2026-11-22T00:00:15Z', '2026-11-22T00:00:30.000Z'],
    [{ second: '0,15,[30-32]' }, '2026-11-22T00:59:32Z', '2026-11-22T01:00:00.000Z'],
    [{ minute: '30' }, '2026-11-22T00:30:00Z', '2026-11-22T01:30:00.000Z'],
    [{ dayOfWeek: '1' }, '2026-11-22T00:00:00+08:00', '2026-11-22T16:00:00.000Z'],
    [{ dayOfWeek: '7', hour: '9' }, '2026-11-22T08:00:00+08:00', '2026-11-22T01:00:00.000Z'],
    [{ dayOfMonth: '31' }, '2026-11-22T00:00:00+08:00', '2026-12-30T16:00:00.000Z'],
    [{ month: '3' }, '2026-11-22T00:00:00+08:00', '2027-02-28T16:00:00.000Z'],
    [{ month: '2', dayOfMonth: '29', hour: '12' }, '2026-11-22T00:00:00+08:00', '2028-02-29T04:00:00.000Z'],
    [{ hour: '[22-23],0', minute: '[58-59]' }, '2026-11-22T22:59:00+08:00', '2026-11-22T15:58:00.000Z'],
    [{ hour: '8-9' }, '2026-11-22T08:00:00+08:00', '2026-11-22T01:00:00.000Z'],
  ])('%j after %s', (schedule, after, expected) => {
    expect(next(schedule as Record<string, string>, after)).toBe(expected)
  })

  it('leaves out a time that the clocks leave out, and takes one that they show twice once', () => {
    expect(next({ hour: '2', minute: '30' }, '2026-03-28T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-30T00:30:00.000Z')
    expect(next({ hour: '2', minute: '30' }, '2026-10-24T12:00:00Z', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z')
    expect(next({ hour: '2', minute: '30' }, '2026-10-25T00:30:00Z', 'Europe/Berlin')).toBe('2026-10-26T01:30:00.000Z')
  })

  it('is the first second that matches, as counting shows', () => {
    const some = (low: number, high: number) =>
      fc.option(fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 4 }), { nil: undefined })
    const fields = fc.record({ second: some(0, 59), minute: some(0, 59), hour: some(0, 23), dayOfWeek: some(1, 7) })
    const start = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) })
    fc.assert(
      fc.property(fields, start, (given, after) => {
        const schedule = Object.fromEntries(Object.entries(given).flatMap(([k, v]) => (v ? [[k, v.join(',')]] : [])))
        if (!Object.keys(schedule).length) return
        const found = nextRun(tableOf(schedule), after, SHANGHAI)
        const matches = (time: number) => {
          const at = new Date(time + 8 * 3_600_000)
          const finest = given.second ? 0 : given.minute ? 1 : given.hour ? 2 : 3
          const fits = (values: number[] | undefined, value: number, rank: number) =>
            values ? values.includes(value) : rank > finest || value === 0
          return (
            fits(given.second, at.getUTCSeconds(), 0) &&
            fits(given.minute, at.getUTCMinutes(), 1) &&
            fits(given.hour, at.getUTCHours(), 2) &&
            (given.dayOfWeek?.includes(((at.getUTCDay() + 6) % 7) + 1) ?? true)
          )
        }
        let counted = Math.floor(after / 1000) * 1000 + 1000
        const step = given.second ? 1000 : 60_000
        if (!given.second) counted = Math.ceil((after + 1) / 60_000) * 60_000
        for (let n = 0; n < 20_000 && !matches(counted); n++) counted += step
        if (matches(counted)) expect(found).toBe(counted)
        else expect(found).toBeGreaterThan(counted)
      }),
      { numRuns: 60 },
    )
  })
})

it.each([
  [{ second: '60' }, '/schedule/second'],
  [{ minute: '-1' }, '/schedule/minute'],
  [{ hour: '24' }, '/schedule/hour'],
  [{ hour: '[5-3]' }, '/schedule/hour'],
  [{ hour: '[5-7' }, '/schedule/hour'],
  [{ dayOfMonth: '0' }, '/schedule/dayOfMonth'],
  [{ month: '13' }, '/schedule/month'],
  [{ dayOfWeek: '0' }, '/schedule/dayOfWeek'],
  [{ dayOfWeek: 'MON' }, '/schedule/dayOfWeek'],
  [{ minute: '*/5' }, '/schedule/minute'],
  [{ minute: '1,,2' }, '/schedule/minute'],
  [{ month: '2', dayOfMonth: '30' }, '/schedule/dayOfMonth'],
])('%j is refused at %s', (schedule, pointer) => {
  const faults = readSchedule(schedule as Record<string, string>, '/schedule/')
  expect(Array.isArray(faults) && faults.map(f => f.pointer)).toEqual([pointer])
})
