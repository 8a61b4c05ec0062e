import { ACTION, EVENT_TYPE, partOf } from '@yuanliu/core'
import { latest, ride, type Walk } from './naive-branches.fixture.ts'
import { type History, type Limit, type NaiveContainment, naiveAmount, type Row } from './naive-history.fixture.ts'

export interface Answered {
  units: Map<string, { as: string; reached: boolean; until_: Limit | null; since_: Limit | null }>
  events: Map<Row, boolean>
  back: Walk | null
  on: Walk | null
  /** rank after which nothing counts as known */
  horizon: number
}

const TOLERANCE = 15 * 60_000_000
const sameInstant = (a: Row, b: Row) => a !== b && a.e.time === b.e.time && a.e.document !== b.e.document

/** Gaps and anomalies as sorted lines. */
export function judge(h: History, a: Answered): { gaps: string[]; anomalies: string[] } {
  const gaps = new Set<string>()
  for (const [key, unit] of a.units) {
    if (h.level(key) === 'class') continue
    for (const gap of shipments(h, a, key)) gaps.add(gap)
    if (unit.reached) for (const gap of beginnings(h, a, key)) gaps.add(gap)
  }
  for (const walk of [a.back, a.on])
    for (const leaf of walk?.leaves ?? []) gaps.add(`class-only ${leaf.unit} ${leaf.row.e.id}`)
  for (const gap of overdrawn(h, a)) gaps.add(gap)
  return { gaps: [...gaps].sort(), anomalies: [...new Set(anomalies(h, a))].sort() }
}

function beginnings(h: History, a: Answered, key: string): string[] {
  const own = h.rows.filter(r => h.mentions(r, key))
  const first = own[0]
  if (!first || !a.events.has(first) || first.rank > a.horizon) return []
  const found: string[] = []
  const received = h.plays(first, key, 'subject') && h.step(first.e).gap === 'receipt'
  const lot = h.lot(key)
  if ((h.plays(first, key, 'input') || received) && !(lot && lot.row.rank <= first.rank))
    found.push(`unknown-origin ${key} ${first.e.id}`)
  const made = own.find(r => h.plays(r, key, 'output'))
  if (made && made.rank <= a.horizon && first.e.time < made.e.time) found.push(`time-runs-back ${key} ${first.e.id}`)
  return found
}

/** Whether `outer` was around `inner` at a position, through units of the answer only. */
function wasIn(h: History, a: Answered, inner: string, outer: string, rank: number, seen: string[] = []): boolean {
  return h.containments.some(
    c =>
      !c.seen &&
      c.child === inner &&
      a.units.has(c.parent) &&
      a.units.has(c.child) &&
      h.level(c.child) !== 'class' &&
      c.open.rank <= rank &&
      (c.close?.rank ?? Number.POSITIVE_INFINITY) >= rank &&
      (c.parent === outer || (!seen.includes(c.parent) && wasIn(h, a, c.parent, outer, rank, [...seen, c.parent]))),
  )
}

function shipments(h: History, a: Answered, key: string): string[] {
  const deeds = (unit: string, gap: string) =>
    h.rows.filter(
      r => r.rank <= a.horizon && h.plays(r, unit, 'subject') && h.step(r.e).gap === gap && !voided(unit, r),
    )
  const voided = (unit: string, r: Row) =>
    h.step(r.e).gap === 'shipment' &&
    h.rows.some(
      v =>
        v.rank > r.rank &&
        v.rank <= a.horizon &&
        h.step(v.e).gap === 'void' &&
        v.e.reporter === r.e.reporter &&
        h.plays(v, unit, 'subject'),
    )
  /** deeds of the unit, and of what is around or inside it at the time, or at the time of `at` */
  const concerning = (gap: string, at: Row | null): Row[] => {
    const found = deeds(key, gap)
    for (const other of a.units.keys()) {
      const near = (rank: number) => wasIn(h, a, key, other, rank) || wasIn(h, a, other, key, rank)
      for (const r of deeds(other, gap)) if (near(r.rank) || (at && near(at.rank))) found.push(r)
    }
    return found
  }
  const fits = (s: Row, r: Row) => s !== r && r.e.time >= s.e.time - TOLERANCE && differ(h, s, r) && agree(s, r)
  const found: string[] = []
  for (const s of deeds(key, 'shipment'))
    if (a.events.has(s) && !concerning('receipt', s).some(r => fits(s, r))) found.push(`no-receipt ${key} ${s.e.id}`)
  for (const r of deeds(key, 'receipt')) {
    if (!a.events.has(r)) continue
    const shipped = concerning('shipment', r).some(
      s =>
        fits(s, r) &&
        (h.level(key) === 'lot' ||
          !concerning('receipt', null).some(o => o.rank >= s.rank && o.rank < r.rank && fits(s, o) && differ(h, o, r))),
    )
    if (!shipped) found.push(`no-shipment ${key} ${r.e.id}`)
  }
  return found
}

function agree(s: Row, r: Row): boolean {
  const holder = (flow: readonly string[]) => flow[flow.indexOf('possessing_party') + 1]
  const both = (a: readonly string[], b: readonly string[]) =>
    a.includes('possessing_party') && b.includes('possessing_party')
  return (
    !(both(s.e.sources, r.e.sources) && holder(s.e.sources) !== holder(r.e.sources)) &&
    !(both(s.e.destinations, r.e.destinations) && holder(s.e.destinations) !== holder(r.e.destinations))
  )
}

function differ(h: History, a: Row, b: Row): boolean {
  const party = ({ e }: Row) => h.values(h.step(e).gap === 'receipt' ? e.destinations : e.sources)[0]
  const one = party(a)
  const two = party(b)
  if (one !== undefined && two !== undefined) return one !== two
  if (a.e.reporter !== b.e.reporter) return true
  return a.e.bizLocation !== null && b.e.bizLocation !== null && a.e.bizLocation !== b.e.bizLocation
}

function anomalies(h: History, a: Answered): string[] {
  const found: string[] = []
  for (const row of a.events.keys()) if (row.e.declarations.length > 0) found.push(`disputed - ${row.e.id} null`)
  for (const c of h.containments) {
    if (c.seen || h.level(c.child) === 'class' || !a.units.has(c.child)) continue
    if (c.close && a.events.has(c.close)) {
      if (c.movedTo !== null)
        found.push(
          `moved-without-unpacking ${c.child} ${c.close.e.id} ${JSON.stringify({ from: c.parent, to: c.movedTo })}`,
        )
      if (sameInstant(c.open, c.close)) found.push(`same-time ${c.child} ${c.close.e.id} null`)
    }
    for (const { row, uom } of c.odd)
      if (a.events.has(row)) found.push(`unit-not-convertible ${c.child} ${row.e.id} ${JSON.stringify({ uom })}`)
    if (a.events.has(c.open) && h.rows.some(r => r.rank < c.open.rank && sameInstant(r, c.open) && wouldEnd(h, r, c)))
      found.push(`same-time ${c.child} ${c.open.e.id} null`)
  }
  for (const [key, unit] of a.units) {
    const first = h.lot(key)?.lot
    if (!unit.reached || first === undefined) continue
    for (const row of a.events.keys()) {
      const given = row.e.units.findIndex((u, i) => u === key && row.e.lots?.[i])
      const second = given < 0 ? null : row.e.lots?.[given]
      if (second && second !== first) found.push(`two-lots ${key} ${row.e.id} ${JSON.stringify({ first, second })}`)
    }
  }
  for (const walk of [a.back, a.on]) {
    for (const [key, lanes] of walk?.reached ?? []) {
      for (const { limits, lane } of lanes) {
        if (lane === 1 && a.units.get(key)?.as !== 'possible') continue
        const limit =
          walk === a.back ? latest(limits) : limits.map(l => l.limit).reduce((x, y) => (y.rank < x.rank ? y : x))
        const at = h.rows.find(r => r.rank === limit.rank)
        if (!at) continue
        for (const r of h.rows)
          if (h.mentions(r, key) && sameInstant(r, at)) found.push(`same-time ${key} ${r.e.id} null`)
      }
    }
    for (const group of walk?.followed ?? []) found.push(...transformed(h, group))
  }
  return found
}

function transformed(h: History, group: Row[]): string[] {
  const found: string[] = []
  const one = group[0] as Row
  for (const r of h.rows)
    if (
      r.e.type === EVENT_TYPE.TransformationEvent &&
      one.e.transformationID !== null &&
      r.e.transformationID === one.e.transformationID &&
      r.e.reporter !== one.e.reporter
    )
      found.push(`foreign-transformation - ${r.e.id} null`)
  for (const y of group)
    for (const x of group)
      if (sameInstant(x, y) && h.all(y, 'input').length > 0 && h.all(x, 'output').length > 0)
        found.push(`same-time - ${(x.rank > y.rank ? x : y).e.id} null`)
  return found
}

function wouldEnd(h: History, r: Row, c: NaiveContainment): boolean {
  const gone = (unit: string) =>
    (r.e.type === EVENT_TYPE.ObjectEvent && r.e.action === ACTION.DELETE && h.plays(r, unit, 'subject')) ||
    (h.plays(r, unit, 'input') && !h.plays(r, unit, 'output'))
  if (gone(c.child) || gone(c.parent)) return true
  if (r.e.type !== c.type || r.e.action !== ACTION.DELETE || !h.plays(r, c.parent, 'parent')) return false
  return h.plays(r, c.child, 'child') || h.all(r, 'child').length === 0
}

/** Books of lots that went below nothing. */
function overdrawn(h: History, a: Answered): string[] {
  const found: string[] = []
  for (const lot of a.units.keys()) {
    if (h.level(lot) !== 'lot' || !a.units.get(lot)?.reached) continue
    const books = new Map<string, number>()
    const since = new Map<string, string>()
    const counted = [...a.units.keys()].filter(
      u => a.units.get(u)?.reached && (u === lot || (h.level(u) === 'item' && h.lot(u)?.lot === lot)),
    )
    for (const row of h.rows) {
      const changes = new Map<string, number>()
      for (const unit of counted) {
        const { until_, since_ } = a.units.get(unit) as { until_: Limit | null; since_: Limit | null }
        if (row.rank > Math.min(a.horizon, since_ || !until_ ? Number.POSITIVE_INFINITY : until_.rank)) continue
        if (unit !== lot && row.rank < (h.lot(unit)?.row.rank ?? 0)) continue
        for (const [dimension, value] of movement(h, row, unit)) {
          changes.set(dimension, (changes.get(dimension) ?? 0) + value)
        }
      }
      for (const [dimension, value] of changes) {
        const name = `${row.e.reporterCode} ${dimension}`
        const book = (books.get(name) ?? 0) + value
        books.set(name, book)
        if (book >= 0) since.delete(name)
        else if (!since.has(name)) since.set(name, row.e.id)
      }
    }
    for (const id of since.values()) found.push(`more-out-than-in ${lot} ${id}`)
  }
  return found
}

const SIGN: Record<string, number> = { produced: 1, received: 1, returnedIn: 1 }

/** What an event puts into (or takes out of) the book of its reporter, by dimension. */
function movement(h: History, row: Row, unit: string): [string, number][] {
  const { e } = row
  const result: [string, number][] = []
  let named = false
  const parts = new Set<string>()
  for (const [i, key] of e.units.entries()) {
    const role = e.roles[i] as number
    const part = partOf(role)
    if (key !== unit || role > 10 || !['subject', 'input', 'output'].includes(part)) continue
    named = true
    const { column, sign } = directColumn(h, e, part)
    if (!column || column === 'counted') continue
    const way = (SIGN[column] ?? -1) * sign
    if (h.level(unit) === 'item') {
      if (!parts.has(part)) result.push(['count', way])
      parts.add(part)
    } else if (e.quantities?.[i]) {
      const { dimension, value } = naiveAmount(e.quantities[i], e.uoms?.[i] ?? null)
      result.push([dimension, way * value])
    }
  }
  if (named) return result
  for (const c of h.containments) {
    if (c.child !== unit || c.seen || c.open.rank > row.rank) continue
    if ((c.close?.rank ?? Number.POSITIVE_INFINITY) < row.rank) continue
    const from = h.limit(c.open)
    const chain = [
      c.parent,
      ...ride(h, c.parent, from, h.limit(c.close ?? row), false, new Set())
        .filter(s => s.from.rank <= row.rank && s.to.rank >= row.rank)
        .map(s => s.unit),
    ]
    const used = chain.some(p => h.plays(row, p, 'input') && !h.plays(row, p, 'output'))
    const moved = chain.some(p => h.plays(row, p, 'subject'))
    const { column, sign } = h.step(e)
    const whole = column !== null && column !== 'produced' && column !== 'counted'
    if (!used && !(moved && whole)) continue
    const way = used ? -1 : (SIGN[column as string] ?? -1) * sign
    if (h.level(unit) === 'item') result.push(['count', way])
    for (const [dimension, value] of c.left.findLast(l => l.row.rank <= row.rank)?.amounts ?? [])
      result.push([dimension, way * value])
  }
  return result
}

function directColumn(h: History, e: Row['e'], part: string): { column: string | null; sign: number } {
  if (part === 'input') return { column: 'used', sign: 1 }
  if (part === 'output') return { column: 'produced', sign: 1 }
  const { column, sign } = h.step(e)
  if (column) return { column, sign }
  if (e.type !== EVENT_TYPE.ObjectEvent) return { column: null, sign: 1 }
  return { column: e.action === ACTION.ADD ? 'produced' : e.action === ACTION.DELETE ? 'used' : null, sign: 1 }
}
