import type { PlacesFile, ScanSignalsFile } from '@yuanliu/core'
import type { ScanRow } from './scan-store.ts'

export type Rule = ScanSignalsFile['rules'][number]

/** Why the scans of a unit are suspicious under a rule; null: they are not. Nothing but counts, hours and areas. */
export function judge(
  rule: Rule,
  scans: readonly Omit<ScanRow, 'unit'>[],
  hour: number,
  places: PlacesFile['places'],
): Record<string, unknown> | null {
  const recent = scans.filter(scan => scan.hour > hour - rule.hours && scan.hour <= hour)
  return rule.kind === 'many' ? many(rule, recent) : journey(rule, recent, places)
}

/** So many scans from so many provinces. */
function many(rule: Extract<Rule, { kind: 'many' }>, scans: readonly Omit<ScanRow, 'unit'>[]) {
  const n = scans.reduce((sum, scan) => sum + scan.n, 0)
  const provinces = [...new Set(scans.flatMap(scan => (scan.place ? scan.place.slice(0, 2) : [])))].sort()
  if (n < rule.scans || provinces.length < rule.provinces) return null
  return { scans: n, hours: rule.hours, provinces: provinces.map(code => `${code}0000`) }
}

/**
 * Two provinces between which nothing travels so fast. Times are known to the hour, places to the province: the
 * shortest way and the longest time that the counts allow are taken, so what is found is impossible for one item.
 */
function journey(
  rule: Extract<Rule, { kind: 'journey' }>,
  scans: readonly Omit<ScanRow, 'unit'>[],
  places: PlacesFile['places'],
) {
  const seen = scans.flatMap(scan => {
    const place = places[scan.place.slice(0, 2)]
    return place ? [{ ...scan, ...place }] : []
  })
  for (const [i, a] of seen.entries()) {
    for (const b of seen.slice(i + 1)) {
      const kilometres = Math.max(0, distance(a, b) - 2 * rule.slackKilometres)
      const hours = Math.abs(a.hour - b.hour) + 1
      if (kilometres <= rule.kilometresPerHour * hours) continue
      const [from, to] = a.hour <= b.hour ? [a, b] : [b, a]
      return {
        from: `${from.place.slice(0, 2)}0000`,
        to: `${to.place.slice(0, 2)}0000`,
        kilometres: Math.round(kilometres),
        hours,
      }
    }
  }
  return null
}

interface Point {
  latitude: number
  longitude: number
}

/** Kilometres on a sphere of the earth's mean radius. */
export function distance(a: Point, b: Point): number {
  const radians = Math.PI / 180
  const sinLatitude = Math.sin(((b.latitude - a.latitude) * radians) / 2)
  const sinLongitude = Math.sin(((b.longitude - a.longitude) * radians) / 2)
  const h = sinLatitude ** 2 + Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * sinLongitude ** 2
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(h)))
}
