import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTime, parseTime, parseZone } from './time.ts'

describe('parseTime', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-03-01T08:30:00+08:00', Date.UTC(2026, 2, 1, 0, 30) * 1000],
    ['2026-03-01T08:30:00.123456789-05:30', Date.UTC(2026, 2, 1, 14, 0, 0, 123) * 1000 + 456],
    ['1969-12-31T23:59:59.999999z', -1],
    ['2024-02-29T00:00:00.5Z', Date.UTC(2024, 1, 29, 0, 0, 0, 500) * 1000],
  ])('reads %s', (text, micros) => {
    expect(parseTime(text)).toBe(micros)
  })

  it.each([
    '',
    '2026-03-01',
    '2026-03-01T24:00:00Z',
    '2026-03-01T23:59:60Z',
    '2026-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-03-01T08:30:00',
    '2026-03-01 08:30:00Z',
    '2026-03-01T08:30Z',
    '2026-03-01T08:60:00Z',
    '2026-03-01T08:30:00.Z',
    '2026-03-01T08:30:00+0800',
    '2026-03-01T08:30:00+08:60',
    '2026-03-01T08:30:00+24:00',
    '2026-03-01T08:30:00Z ',
    ' 2026-03-01T08:30:00Z',
    '2026-03-01T08:30:00ZZ',
    '+026-03-01T08:30:00Z',
    '２026-03-01T08:30:00Z',
  ])('refuses %j', text => {
    expect(parseTime(text)).toBeNull()
  })

  it('agrees with Date on every millisecond from 0000 to 9999', () => {
    const date = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(date, at => {
        expect(parseTime(at.toISOString())).toBe(at.getTime() * 1000)
      }),
    )
  })
})

describe('formatTime', () => {
  it('is undone by parseTime, in any zone', () => {
    const micros = fc.integer({ min: Date.UTC(1700, 0) * 1000, max: Date.UTC(2250, 0) * 1000 })
    const zone = fc.option(fc.integer({ min: -840, max: 840 }), { nil: undefined })
    fc.assert(
      fc.property(micros, zone, (at, minutes) => {
        expect(parseTime(formatTime(at, minutes))).toBe(at)
      }),
    )
  })

  it('writes milliseconds, and microseconds where there are any', () => {
    expect(formatTime(0)).toBe('1970-01-01T00:00:00.000Z')
    expect(formatTime(-1)).toBe('1969-12-31T23:59:59.999999Z')
    expect(formatTime(1_000_042, 480)).toBe('1970-01-01T08:00:01.000042+08:00')
    expect(formatTime(0, -210)).toBe('1969-12-31T20:30:00.000-03:30')
    expect(formatTime(0, 0)).toBe('1970-01-01T00:00:00.000+00:00')
  })
})

describe('parseZone', () => {
  it.each([
    ['+08:00', 480],
    ['-03:30', -210],
    ['+14:00', 840],
    ['-00:00', 0],
  ])('reads %s', (text, minutes) => {
    expect(parseZone(text)).toBe(minutes)
  })
  it.each(['Z', '08:00', '+8:00', '+14:01', '+15:00', '+08:60', '+0800', ''])('refuses %j', text => {
    expect(parseZone(text)).toBeNull()
  })
})
