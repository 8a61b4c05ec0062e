import { join } from 'node:path'
import { type Codes, type PlacesFile, parsePlaces, parseScanSignals, type ScanSignalsFile } from '@yuanliu/core'
import { readJsonFile } from '../lib/data.ts'
import type { Db } from '../lib/db/db.ts'
import { judge } from './rules.ts'
import * as store from './scan-store.ts'
import type { CodeStanding } from './states.ts'

export interface ScanRules {
  signals: ScanSignalsFile
  places: PlacesFile['places']
}

/** Reads `data/signals`. Throws an error that names the file and the place in it that is wrong. */
export function readScanRules(dataFolder: string): ScanRules {
  const path = (name: string) => join(dataFolder, 'signals', name)
  const signals = parseScanSignals(readJsonFile(path('scans.json')), path('scans.json'))
  const { places } = parsePlaces(readJsonFile(path('places.json')), path('places.json'))
  return { signals, places }
}

export interface ScanParts {
  db: Db
  codes: Codes
  rules: ScanRules
  standing(key: string): Promise<CodeStanding | null>
  log: (error: unknown, about: string) => void
  clock?: () => number
}

export interface Counted {
  /** null: scans of this unit are not counted */
  times: number | null
  /** ISO 8601 hour of the first one */
  since: string | null
}

export interface Scans {
  /** Counts one scan, soon: it is written with others. */
  count(key: string, place: string): Promise<Counted>
  read(key: string): Promise<Counted>
  /** whether a User-Agent is a program's own, as far as it says so */
  isRobot(agent: string | undefined): boolean
  /** Writes what is waiting and looks for what is suspicious in it. */
  flush(): Promise<void>
  stop(): Promise<void>
}

const HOUR_MS = 3_600_000
const FLUSH_MS = 1_000
/** More rows than this do not wait; further ones are not counted until they are written. */
const WAITING = 20_000

/** Counts of scans by hour and coarse place: kept in memory for a second, then written together. */
export function createScans(parts: ScanParts): Scans {
  const { db, codes, rules, log } = parts
  const clock = parts.clock ?? Date.now
  const robots = new RegExp(rules.signals.robots, 'i')
  let waiting = new Map<string, store.ScanRow>()
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()
  let cleanedOn = 0

  /** Only single items that are known here: nobody fills the database with numbers he made up. */
  async function isCounted(key: string): Promise<boolean> {
    const standing = await parts.standing(key)
    if (standing) return standing.state !== 'unissued'
    return codes.levelOf(key) === 'item' && (await store.isRecorded(db, key))
  }

  async function known(key: string): Promise<{ n: number; first: number | null }> {
    const stored = await store.countScans(db, key)
    const own = [...waiting.values()].filter(row => row.unit === key)
    const hours = own.map(row => row.hour)
    const first = stored.first ?? (hours.length ? Math.min(...hours) : null)
    return { n: stored.n + own.reduce((sum, row) => sum + row.n, 0), first }
  }

  const answer = (n: number, first: number | null): Counted => ({
    times: n,
    since: first === null ? null : new Date(first * HOUR_MS).toISOString(),
  })

  async function write(): Promise<void> {
    const rows = [...waiting.values()]
    waiting = new Map()
    if (!rows.length) return
    await store.addScans(db, rows)
    await look([...new Set(rows.map(row => row.unit))])
    await clean()
  }

  async function look(units: readonly string[]): Promise<void> {
    const hour = Math.floor(clock() / HOUR_MS)
    const back = Math.max(...rules.signals.rules.map(rule => rule.hours))
    const byUnit = new Map<string, store.ScanRow[]>()
    for (const scan of await store.scansSince(db, units, hour - back + 1))
      byUnit.set(scan.unit, [...(byUnit.get(scan.unit) ?? []), scan])
    for (const [unit, scans] of byUnit) {
      for (const rule of rules.signals.rules) {
        const detail = judge(rule, scans, hour, rules.places)
        if (!detail) continue
        const standing = await parts.standing(unit)
        const organisations = new Set(await store.reportersOf(db, unit))
        if (standing) organisations.add(standing.organisation)
        const at = clock() * 1_000
        await store.putSignal(db, {
          unit,
          rule: rule.id,
          organisations: [...organisations],
          first: at,
          last: at,
          detail,
        })
      }
    }
  }

  /** Once a day counts that are older than is kept go. */
  async function clean(): Promise<void> {
    const today = Math.floor(clock() / (24 * HOUR_MS))
    if (today === cleanedOn) return
    cleanedOn = today
    await store.forgetScans(db, (today - rules.signals.keepDays) * 24)
  }

  function flush(): Promise<void> {
    if (timer) clearTimeout(timer)
    timer = null
    writing = writing.then(write).catch(error => log(error, 'scans'))
    return writing
  }

  return {
    isRobot: agent => !agent || robots.test(agent),
    async read(key) {
      if (!(await isCounted(key))) return { times: null, since: null }
      const { n, first } = await known(key)
      return answer(n, first)
    },
    async count(key, place) {
      if (!(await isCounted(key))) return { times: null, since: null }
      const before = await known(key)
      const hour = Math.floor(clock() / HOUR_MS)
      const name = `${hour} ${place} ${key}`
      const row = waiting.get(name)
      if (row) row.n++
      else if (waiting.size < WAITING) waiting.set(name, { unit: key, hour, place, n: 1 })
      timer ??= setTimeout(() => void flush(), FLUSH_MS)
      return answer(before.n + 1, before.first ?? hour)
    },
    flush,
    stop: flush,
  }
}
