import { ACTION, EVENT_TYPE, type Part, partOf } from '@yuanliu/core'
import type { StoredEvent } from './source.ts'

/** An effective event with its place in the order of all. */
export interface Row {
  rank: number
  e: StoredEvent
}

export interface Limit {
  rank: number
  time: number
}

export interface NaiveContainment {
  child: string
  parent: string
  type: number
  open: Row
  close: Row | null
  seen: boolean
  movedTo: string | null
  odd: { row: Row; uom: string }[]
  /** lots: base units left by dimension after each event; null: something without a quantity was put in */
  left: { row: Row; amounts: Map<string, number>; unknown: boolean }[]
}

const { AggregationEvent, AssociationEvent, ObjectEvent, TransformationEvent } = EVENT_TYPE
const END: Limit = { rank: Number.POSITIVE_INFINITY, time: Number.POSITIVE_INFINITY }
const BEGIN: Limit = { rank: Number.NEGATIVE_INFINITY, time: Number.NEGATIVE_INFINITY }

export type History = ReturnType<typeof historyOf>

/** The quantities of generated histories are whole numbers of these. */
export function naiveAmount(quantity: string, uom: string | null): { dimension: string; value: number } {
  if (uom === 'KGM') return { dimension: 'mass', value: Number(quantity) * 1000 }
  if (uom === 'GRM') return { dimension: 'mass', value: Number(quantity) }
  if (uom === 'LTR') return { dimension: 'volume', value: Number(quantity) }
  return { dimension: 'count', value: Number(quantity) }
}

/**
 * Everything that there is to know of a history, in order.
 * @param known capture position of the last event or declaration that counts
 */
export function historyOf(stored: readonly StoredEvent[], known = Number.POSITIVE_INFINITY) {
  const counted: StoredEvent[] = []
  for (const e of stored) {
    const declarations = e.declarations.filter(d => d.position <= known)
    const isVoid = e.declaration || declarations.some(d => d.mayVoid || d.reporter === e.reporter)
    if (e.position <= known && !isVoid) counted.push(known === Number.POSITIVE_INFINITY ? e : { ...e, declarations })
  }
  counted.sort((a, b) => a.time - b.time || a.position - b.position)
  const rows: Row[] = counted.map((e, rank) => ({ rank, e }))
  const plays = ({ e }: Row, unit: string, part: Part) =>
    e.units.some((u, i) => u === unit && partOf(e.roles[i] as number) === part)
  const all = ({ e }: Row, part: Part) => [...new Set(e.units.filter((_, i) => partOf(e.roles[i] as number) === part))]
  const groups = groupsOf(rows)
  return {
    rows,
    plays,
    all,
    begin: BEGIN,
    end: END,
    units: [...new Set(rows.flatMap(r => r.e.units))],
    level: levelOf,
    limit: (row: Row): Limit => ({ rank: row.rank, time: row.e.time }),
    until: (at?: number): Limit =>
      at === undefined ? END : { rank: rows.filter(r => r.e.time <= at).length - 0.5, time: at },
    since: (at?: number): Limit =>
      at === undefined ? BEGIN : { rank: rows.filter(r => r.e.time < at).length - 0.5, time: at },
    mentions: (row: Row, unit: string) =>
      row.e.units.some((u, i) => u === unit && partOf(row.e.roles[i] as number) !== 'none'),
    group: (row: Row): Row[] => groups.find(g => g.includes(row)) ?? [row],
    lot: (item: string) => lotOf(rows, item),
    places: (e: StoredEvent) => [e.bizLocation, e.readPoint].filter(p => p !== null),
    values: (flow: readonly string[]) => flow.filter((_, i) => i % 2 === 1),
    step: stepOf,
    containments: containmentsOf(rows, plays, all),
  }
}

function levelOf(key: string): string {
  if (key.startsWith('00/')) return 'logistic'
  if (key.startsWith('800')) return 'asset'
  if (!key.startsWith('01/')) return 'other'
  return key.includes('/21/') ? 'item' : key.includes('/10/') ? 'lot' : 'class'
}

function groupsOf(rows: Row[]): Row[][] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    if (row.e.type !== TransformationEvent) continue
    const name = row.e.transformationID === null ? `event ${row.e.id}` : `${row.e.reporter} ${row.e.transformationID}`
    groups.set(name, [...(groups.get(name) ?? []), row])
  }
  return [...groups.values()]
}

function lotOf(rows: Row[], item: string): { lot: string; row: Row } | null {
  if (levelOf(item) !== 'item') return null
  for (const row of rows) {
    for (const [i, unit] of row.e.units.entries()) {
      const lot = row.e.lots?.[i]
      if (unit === item && lot) return { lot, row }
    }
  }
  return null
}

/** What the steps of generated histories mean. */
function stepOf(e: StoredEvent): { gap: string | null; column: string | null; sign: number } {
  const returned = e.disposition === 'returned'
  switch (e.bizStep) {
    case 'shipping':
      return { gap: 'shipment', column: returned ? 'returnedOut' : 'shipped', sign: 1 }
    case 'receiving':
      return { gap: 'receipt', column: returned ? 'returnedIn' : 'received', sign: 1 }
    case 'void_shipping':
      return { gap: 'void', column: 'shipped', sign: -1 }
    case 'commissioning':
      return { gap: null, column: 'produced', sign: 1 }
    case 'retail_selling':
      return { gap: null, column: 'sold', sign: 1 }
    case 'stock_taking':
      return { gap: null, column: 'counted', sign: 1 }
    default:
      return { gap: null, column: null, sign: 1 }
  }
}

/** Plays the history through, event by event, with everything that is inside anything at hand. */
function containmentsOf(
  rows: Row[],
  plays: (row: Row, unit: string, part: Part) => boolean,
  all: (row: Row, part: Part) => string[],
): NaiveContainment[] {
  const done: NaiveContainment[] = []
  let open: NaiveContainment[] = []
  for (const row of rows) {
    const { e } = row
    const packing = e.type === AggregationEvent || e.type === AssociationEvent
    const parent = all(row, 'parent')[0]
    const before = open
    const opened: NaiveContainment[] = []
    if (packing && parent !== undefined) {
      for (const child of all(row, 'child')) {
        const there = before.find(c => c.child === child && c.parent === parent && c.type === e.type)
        if (e.action === ACTION.OBSERVE && levelOf(child) !== 'class') {
          if (!before.some(c => c.child === child && c.parent === parent))
            done.push({ ...newContainment(child, parent, row), close: row, seen: true })
        }
        if (e.action === ACTION.ADD) {
          const into = there ?? newContainment(child, parent, row)
          if (!there) opened.push(into)
          change(into, row, 'child', 1)
        }
        if (e.action === ACTION.DELETE && there) {
          if (!isCounted(child) || change(there, row, 'child', -1)) there.close = row
        }
      }
      if (e.action === ACTION.DELETE && all(row, 'child').length === 0)
        for (const c of before) if (c.parent === parent && c.type === e.type) c.close = row
      if (e.type === AggregationEvent) leaveOthers(row, before, opened)
    }
    for (const c of before) {
      const isClass = levelOf(c.child) === 'class'
      const removed = (unit: string) =>
        e.type === ObjectEvent && e.action === ACTION.DELETE && plays(row, unit, 'subject')
      const used = (unit: string) => plays(row, unit, 'input') && !plays(row, unit, 'output')
      if (removed(c.parent) || used(c.parent) || (!isClass && removed(c.child))) c.close = row
      else if (!isClass && used(c.child) && (!isCounted(c.child) || change(c, row, 'input', -1))) c.close = row
    }
    done.push(...before.filter(c => c.close))
    open = [...before.filter(c => !c.close), ...opened]
  }
  return [...done, ...open]
}

function newContainment(child: string, parent: string, row: Row): NaiveContainment {
  return { child, parent, type: row.e.type, open: row, close: null, seen: false, movedTo: null, odd: [], left: [] }
}

function isCounted(unit: string): boolean {
  return levelOf(unit) === 'lot' || levelOf(unit) === 'class'
}

/** Rule 4: what an item or logistic unit was in before, if that has nothing to do with what it is in now. */
function leaveOthers(row: Row, before: NaiveContainment[], opened: NaiveContainment[]): void {
  const all = [...before, ...opened]
  const above = (unit: string, other: string, seen: string[] = []): boolean =>
    all.some(
      c =>
        c.child === unit &&
        (c.parent === other || (!seen.includes(c.parent) && above(c.parent, other, [...seen, c.parent]))),
    )
  for (const { child, parent } of opened) {
    if (levelOf(child) !== 'item' && levelOf(child) !== 'logistic') continue
    for (const c of before) {
      if (c.child !== child || c.type !== AggregationEvent || c.parent === parent) continue
      if (above(c.parent, parent) || above(parent, c.parent)) continue
      c.close = row
      c.movedTo = parent
    }
  }
}

/** Puts in or takes out what an event names of a lot; true if it ended the containment. */
function change(c: NaiveContainment, row: Row, part: Part, sign: 1 | -1): boolean {
  if (!isCounted(c.child)) return false
  const { e } = row
  const last = c.left.at(-1)
  const amounts = new Map(last?.amounts ?? [])
  let unknown = last?.unknown ?? false
  let ended = false
  for (const [i, unit] of e.units.entries()) {
    // Role 12: an item of the lot was used; of the lot itself nothing is said.
    if (ended || unit !== c.child || partOf(e.roles[i] as number) !== part || e.roles[i] === 12) continue
    const quantity = e.quantities?.[i] ?? null
    const uom = e.uoms?.[i] ?? null
    if (quantity === null) {
      if (sign === 1) unknown = true
      else ended = true
      continue
    }
    const { dimension, value } = naiveAmount(quantity, uom)
    const there = amounts.get(dimension)
    if (sign === 1) amounts.set(dimension, (there ?? 0) + value)
    else if (there !== undefined) {
      amounts.set(dimension, Math.max(0, there - value))
      ended = !unknown && [...amounts.values()].every(v => v <= 0)
    } else if (!unknown) {
      c.odd.push({ row, uom: uom ?? '' })
      ended = true
    }
  }
  c.left.push({ row, amounts, unknown })
  return ended
}
