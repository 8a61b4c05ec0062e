/**
 * The rules of docs/design/trace.md once more: slow, without an index, without a search, and without a line of the
 * engine. It knows the whole history from the outset and tries every rule on everything until nothing is added.
 */
import { partOf, ROLE } from '@yuanliu/core'
import { branches, contribution, lastStretch, ride, type Span, type Walk } from './naive-branches.fixture.ts'
import { type History, historyOf, type Limit, type Row } from './naive-history.fixture.ts'
import { judge } from './naive-judgement.fixture.ts'

export interface NaiveUnit {
  as: string
  from?: string
  until?: string
}

export interface NaiveAnswer {
  units: Map<string, NaiveUnit>
  /** id → elsewhere */
  events: Map<string, boolean>
  gaps: string[]
  anomalies: string[]
}

const RANKS = ['start', 'origin', 'product', 'lot', 'item', 'content', 'carrier', 'class', 'possible']

export function naiveTrace(
  stored: Parameters<typeof historyOf>[0],
  start: string,
  direction: 'backward' | 'forward' | 'both',
  at?: number,
  known?: number,
): NaiveAnswer {
  const h = historyOf(stored, known)
  if (h.level(start) === 'class') return ofClass(h, start, direction, at)
  const back = direction === 'forward' ? null : walkBack(h, start, h.until(at))
  const on = direction === 'backward' ? null : walkOn(h, start, h.since(at))
  const units = new Map<string, NaiveUnit & { reached: boolean; until_: Limit | null; since_: Limit | null }>()
  const add = (key: string, as: string) => {
    const found = units.get(key) ?? { as, reached: false, until_: null, since_: null }
    if (RANKS.indexOf(as) < RANKS.indexOf(found.as)) found.as = as
    units.set(key, found)
    return found
  }
  const spans: Span[] = []
  for (const walk of [back, on]) {
    for (const [key, lanes] of walk?.reached ?? []) {
      for (const { limits, lane } of lanes) {
        for (const { limit, way } of limits) {
          const unit = add(key, lane === 1 ? 'possible' : way)
          unit.reached = true
          if (walk === back) unit.until_ = unit.until_ && unit.until_.rank >= limit.rank ? unit.until_ : limit
          else unit.since_ = unit.since_ && unit.since_.rank <= limit.rank ? unit.since_ : limit
        }
      }
    }
    for (const span of walk?.spans ?? []) {
      add(span.unit, span.lane === 1 ? 'possible' : 'carrier')
      spans.push(span)
    }
    for (const leaf of walk?.leaves ?? []) add(leaf.unit, leaf.lane === 1 ? 'possible' : 'class')
  }
  for (const [key, unit] of units) {
    if (unit.reached) {
      if (unit.until_ && !unit.since_) unit.until = iso(unit.until_)
      if (unit.since_ && !unit.until_) unit.from = iso(unit.since_)
    } else {
      const best = widest(spans.filter(s => s.unit === key))
      if (best) {
        unit.from = iso(best.from)
        unit.until = iso(best.to)
      }
    }
  }
  const events = new Map<Row, boolean>()
  if (back) for (const [row, elsewhere] of branches(h, back, start)) events.set(row, elsewhere)
  for (const row of on?.events ?? []) events.set(row, false)
  const horizon = direction === 'backward' ? h.until(at).rank : Number.POSITIVE_INFINITY
  const { gaps, anomalies } = judge(h, { units, events, back, on, horizon })
  const plain = [...units].map(([key, { as, from, until }]): [string, NaiveUnit] => [
    key,
    { as, ...(from ? { from } : {}), ...(until ? { until } : {}) },
  ])
  return {
    units: new Map(plain),
    events: new Map([...events].map(([row, elsewhere]) => [row.e.id, elsewhere])),
    gaps,
    anomalies,
  }
}

function ofClass(h: History, start: string, direction: string, at?: number): NaiveAnswer {
  const rows = h.rows.filter(r => {
    if (!h.mentions(r, start)) return false
    if (direction === 'backward') return r.rank <= h.until(at).rank
    return direction === 'both' || r.rank >= h.since(at).rank
  })
  const anomalies = rows.filter(r => r.e.declarations.length > 0).map(r => `disputed - ${r.e.id} null`)
  return {
    units: new Map([[start, { as: 'start' }]]),
    events: new Map(rows.map(r => [r.e.id, false])),
    gaps: [],
    anomalies: anomalies.sort(),
  }
}

function iso({ time }: Limit): string {
  return Number.isFinite(time)
    ? new Date(Math.floor(time / 1000)).toISOString().replace('000Z', time % 1000 ? '000001Z' : '000Z')
    : ''
}

/** Spans that share a position are one; then the one that lasts longest, of equals the first. */
function widest(spans: Span[]): Span | undefined {
  const merged: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from.rank - b.from.rank)) {
    const before = merged.at(-1)
    if (before && span.from.rank <= before.to.rank) {
      if (span.to.rank > before.to.rank) before.to = span.to
    } else merged.push({ ...span })
  }
  let best: Span | undefined
  for (const span of merged) if (!best || span.to.time - span.from.time > best.to.time - best.from.time) best = span
  return best
}

function newWalk(): Walk {
  return { reached: new Map(), leaves: [], spans: [], events: new Set(), followed: [] }
}

/** Notes a reach; true if it says anything new. */
function note(h: History, walk: Walk, unit: string, limit: Limit, way: string, row: Row | null, lane = 0): boolean {
  if (h.level(unit) === 'class') {
    if (!row || walk.leaves.some(l => l.unit === unit && l.row === row && l.lane === lane)) return false
    walk.leaves.push({ unit, row, lane })
    return true
  }
  const last = way === 'start' || way === 'origin'
  const lanes = walk.reached.get(unit) ?? []
  walk.reached.set(unit, lanes)
  let mine = lanes.find(l => l.lane === lane)
  if (!mine) {
    mine = { limits: [], lane }
    lanes.push(mine)
  }
  if (mine.limits.some(l => l.limit.rank === limit.rank && l.way === way && l.last === last)) return false
  mine.limits.push({ limit, way, last })
  return true
}

function walkBack(h: History, start: string, until: Limit): Walk {
  const walk = newWalk()
  note(h, walk, start, until, 'start', null)
  for (let again = true; again; ) {
    again = false
    for (const [v, lanes] of [...walk.reached]) {
      for (const { limit, last } of [...(lanes[0]?.limits ?? [])]) {
        const go = (unit: string, to: Limit, way: string, row: Row) => {
          if (note(h, walk, unit, to, way, row)) again = true
        }
        for (const x of h.rows) {
          if (x.rank > limit.rank || !h.plays(x, v, 'output')) continue
          const group = h.group(x)
          if (!walk.followed.includes(group)) walk.followed.push(group)
          for (const y of group) if (y.rank <= x.rank) for (const i of h.all(y, 'input')) go(i, h.limit(y), 'origin', y)
        }
        const lot = h.lot(v)
        if (lot && lot.row.rank <= limit.rank) go(lot.lot, limit, 'lot', lot.row)
        const contents = h.containments.filter(c => c.parent === v && !c.seen)
        const there = contents.filter(c => c.open.rank <= limit.rank && (c.close?.rank ?? h.end.rank) >= limit.rank)
        for (const c of there) go(c.child, limit, 'content', c.open)
        if (there.length === 0 && last)
          for (const c of lastStretch(contents, limit.rank)) go(c.child, h.limit(c.close as Row), 'content', c.open)
      }
    }
  }
  for (const { row } of walk.leaves) walk.events.add(row)
  for (const v of walk.reached.keys()) for (const row of contribution(h, walk, v).rows) walk.events.add(row)
  for (const v of walk.reached.keys())
    for (const span of contribution(h, walk, v).spans) walk.spans.push({ ...span, lane: 0 })
  return walk
}

function walkOn(h: History, start: string, since: Limit): Walk {
  const walk = newWalk()
  note(h, walk, start, since, 'start', null)
  for (let again = true; again; ) {
    again = false
    for (const [v, lanes] of [...walk.reached]) {
      for (const { limits, lane } of [...lanes]) {
        for (const { limit } of [...limits]) if (stepOn(h, walk, v, limit, lane)) again = true
      }
    }
  }
  for (const leaf of walk.leaves) walk.events.add(leaf.row)
  for (const [v, lanes] of walk.reached) {
    for (const { limits, lane } of lanes) {
      const from = limits.map(l => l.limit).reduce((a, b) => (b.rank < a.rank ? b : a))
      for (const r of h.rows) if (r.rank >= from.rank && h.mentions(r, v)) walk.events.add(r)
      for (const span of ride(h, v, from, h.end, true, walk.events)) walk.spans.push({ ...span, lane })
    }
  }
  return walk
}

function stepOn(h: History, walk: Walk, v: string, since: Limit, lane: number): boolean {
  let news = false
  const go = (unit: string, to: Limit, way: string, row: Row, into: number) => {
    if (note(h, walk, unit, to, way, row, into)) news = true
  }
  const feed = (y: Row, into: number) => {
    const group = h.group(y)
    if (!walk.followed.includes(group)) walk.followed.push(group)
    for (const x of group)
      if (x.rank >= y.rank) for (const o of h.all(x, 'output')) go(o, h.limit(x), 'product', x, into)
  }
  const usedUp = (unit: string, into: number, asSuch: boolean) => {
    for (const y of h.rows) {
      if (y.rank < since.rank) continue
      const roles = y.e.roles.filter((_, i) => y.e.units[i] === unit)
      if (roles.some(r => partOf(r) === 'input' && !(asSuch && r === ROLE.lotOfInput))) feed(y, into)
    }
    for (const span of ride(h, unit, since, h.end, !asSuch, new Set()))
      for (const y of h.rows)
        if (y.rank >= span.from.rank && y.rank <= span.to.rank && h.plays(y, span.unit, 'input')) feed(y, into)
  }
  usedUp(v, lane, false)
  for (const item of h.units) {
    const lot = h.lot(item)
    if (lot?.lot !== v) continue
    go(item, lot.row.rank >= since.rank ? h.limit(lot.row) : since, 'item', lot.row, lane)
  }
  for (const c of h.containments) {
    if (c.parent !== v || c.seen || (c.close?.rank ?? h.end.rank) < since.rank) continue
    go(c.child, c.open.rank >= since.rank ? h.limit(c.open) : since, 'content', c.open, lane)
  }
  const lot = h.lot(v)
  if (lot) usedUp(lot.lot, 1, true)
  return news
}
