import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DATA } from '../lib/paths.ts'
import { distance, judge } from './rules.ts'
import { readScanRules } from './scans.ts'

const { signals, places } = readScanRules(DATA)
const clone = signals.rules.find(rule => rule.kind === 'many')!
const trip = signals.rules.find(rule => rule.kind === 'journey')!
const HOUR = 500_000

describe('suspected clones', () => {
  const scans = (n: number, ...regions: string[]) =>
    regions.map((place, i) => ({ hour: HOUR, place, n: i === 0 ? n - regions.length + 1 : 1 }))

  it('are as many scans from as many provinces within as many hours as the rule says, not one less', () => {
    const three = ['110100', '370200', '440100']
    expect(judge(clone, scans(50, ...three), HOUR, places)).toEqual({
      scans: 50,
      hours: 1,
      provinces: ['110000', '370000', '440000'],
    })
    expect(judge(clone, scans(49, ...three), HOUR, places)).toBeNull()
    expect(judge(clone, scans(50, '110100', '370200', '370100'), HOUR, places)).toBeNull()
    expect(judge(clone, scans(50, '110100', '370200', ''), HOUR, places)).toBeNull()
    expect(judge(clone, scans(50, ...three), HOUR + 1, places)).toBeNull()
  })
})

describe('impossible journeys', () => {
  const between = (a: string, b: string, hours: number) =>
    judge(
      trip,
      [
        { hour: HOUR - hours, place: a, n: 1 },
        { hour: HOUR, place: b, n: 1 },
      ],
      HOUR,
      places,
    )

  it('are further than anything travels in the longest time that the counts allow', () => {
    expect(between('110100', '440100', 0)).toMatchObject({ from: '110000', to: '440000', hours: 1 })
    expect(between('110100', '440100', 1)).toBeNull()
    expect(between('650100', '460100', 1)).toMatchObject({ from: '650000', to: '460000', hours: 2 })
    expect(between('110100', '120100', 0)).toBeNull()
    expect(between('110100', '', 0)).toBeNull()
    expect(between('110100', '110200', 0)).toBeNull()
  })

  it('measure as the globe does', () => {
    const { 11: beijing, 31: shanghai } = places
    // the published great-circle distance is 1,067 km
    expect(Math.abs(distance(beijing!, shanghai!) - 1067)).toBeLessThan(10)
    const point = fc.record({
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    })
    fc.assert(
      fc.property(point, point, (a, b) => {
        const way = distance(a, b)
        expect(way).toBeGreaterThanOrEqual(0)
        expect(way).toBeLessThanOrEqual(Math.PI * 6371 + 1)
        expect(Math.abs(way - distance(b, a))).toBeLessThan(1e-6)
      }),
    )
  })
})
