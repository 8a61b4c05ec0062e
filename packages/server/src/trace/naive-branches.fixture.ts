import type { History, Limit, Row } from './naive-history.fixture.ts'

export interface Span {
  unit: string
  from: Limit
  to: Limit
}

/** What a walk found; `lane` 0 is certain, 1 possible. */
export interface Walk {
  reached: Map<string, { limits: { limit: Limit; way: string; last: boolean }[]; lane: number }[]>
  leaves: { unit: string; row: Row; lane: number }[]
  spans: (Span & { lane: number })[]
  events: Set<Row>
  followed: Row[][]
}

/** Everything around a unit within a span, with the events that come with it. */
export function ride(h: History, unit: string, from: Limit, to: Limit, sightings: boolean, rows: Set<Row>): Span[] {
  const spans: Span[] = []
  const agenda: (Span & { first: boolean })[] = [{ unit, from, to, first: sightings }]
  const seen = new Set<string>()
  for (const { unit: child, from: lo, to: hi, first } of agenda) {
    for (const c of h.containments) {
      if (c.child !== child || (c.seen && !first) || h.level(child) === 'class') continue
      const open = h.limit(c.open)
      const close = c.close ? h.limit(c.close) : h.end
      const shared = { from: open.rank >= lo.rank ? open : lo, to: close.rank <= hi.rank ? close : hi }
      if (shared.from.rank > shared.to.rank) continue
      if (open.rank >= lo.rank && open.rank <= hi.rank) rows.add(c.open)
      if (c.close && close.rank >= lo.rank && close.rank <= hi.rank) rows.add(c.close)
      const mark = `${c.parent} ${shared.from.rank} ${shared.to.rank}`
      if (seen.has(mark)) continue
      seen.add(mark)
      spans.push({ unit: c.parent, ...shared })
      agenda.push({ unit: c.parent, ...shared, first: false })
      for (const r of h.rows)
        if (r.rank >= shared.from.rank && r.rank <= shared.to.rank && h.plays(r, c.parent, 'subject')) rows.add(r)
    }
  }
  return spans
}

/** What it held in the last stretch before a rank. */
export function lastStretch(contents: History['containments'], rank: number): History['containments'] {
  const before = contents.filter(c => c.close && c.close.rank < rank)
  const end = Math.max(...before.map(c => (c.close as Row).rank))
  // Backwards from the last moment at which it held something, for as long as it held something.
  let begin = end
  for (let again = true; again; ) {
    again = false
    for (const c of before) {
      if ((c.close as Row).rank >= begin && c.open.rank < begin) {
        begin = c.open.rank
        again = true
      }
    }
  }
  return before.filter(c => c.open.rank >= begin)
}

export function latest(limits: { limit: Limit }[]): Limit {
  return limits.map(l => l.limit).reduce((a, b) => (b.rank > a.rank ? b : a))
}

/** What a reached unit brings in. */
export function contribution(h: History, walk: Walk, v: string): { rows: Set<Row>; spans: Span[] } {
  const until = latest(walk.reached.get(v)?.[0]?.limits ?? [])
  const rows = new Set(h.rows.filter(r => r.rank <= until.rank && h.mentions(r, v)))
  return { spans: ride(h, v, h.begin, until, true, rows), rows }
}

/** Events of a walk back; true: elsewhere. */
export function branches(h: History, walk: Walk, start: string): Map<Row, boolean> {
  const marks = new Map<Row, boolean>()
  const mark = (row: Row, elsewhere: boolean) => marks.set(row, elsewhere && marks.get(row) !== false)
  for (const { row } of walk.leaves) mark(row, false)
  for (const v of walk.reached.keys()) {
    const rows = [...contribution(h, walk, v).rows].sort((a, b) => b.rank - a.rank)
    if (h.level(v) !== 'lot' || v === start) {
      for (const row of rows) mark(row, false)
      continue
    }
    const places = new Set<string>()
    const reasons = new Set<Row>()
    for (const [w, lanes] of walk.reached) {
      const limits = lanes[0]?.limits ?? []
      for (const x of h.rows) {
        if (!h.plays(x, w, 'output') || x.rank > latest(limits).rank) continue
        for (const y of h.group(x)) if (y.rank <= x.rank && h.plays(y, v, 'input')) reasons.add(y)
      }
      const lot = h.lot(w)
      const isItemOf = lot?.lot === v && lot.row.rank <= latest(limits).rank
      const contents = h.containments.filter(c => c.parent === w && !c.seen)
      const holdsIt = limits.some(({ limit, last }) => {
        const there = contents.filter(c => c.open.rank <= limit.rank && (c.close?.rank ?? h.end.rank) >= limit.rank)
        const load = there.length === 0 && last ? lastStretch(contents, limit.rank) : there
        return load.some(c => c.child === v)
      })
      if (!isItemOf && !holdsIt) continue
      for (const { e } of contribution(h, walk, w).rows)
        for (const place of [...h.places(e), ...h.values(e.sources), ...h.values(e.destinations)]) places.add(place)
    }
    for (const row of rows) {
      const { e } = row
      const shipped = h.step(e).gap === 'shipment' && e.destinations.length > 0
      const belongs =
        reasons.has(row) ||
        places.size === 0 ||
        h.places(e).length === 0 ||
        h.values(e.destinations).some(p => places.has(p)) ||
        (!shipped && h.places(e).some(p => places.has(p)))
      mark(row, !belongs)
      if (!belongs) continue
      for (const place of [...h.places(e), ...h.values(e.sources)]) places.add(place)
      if (h.step(e).gap === 'receipt') for (const place of h.values(e.destinations)) places.add(place)
    }
  }
  return marks
}
