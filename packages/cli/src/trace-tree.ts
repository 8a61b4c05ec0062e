import type {
  HolderBalance,
  TraceAnomaly,
  TraceEdge,
  TraceEvent,
  TraceGap,
  TraceGraph,
  TraceKnown,
  TraceUnit,
} from '@yuanliu/core'
import type { Language } from './shell.ts'
import { amountText, anomalyText, byTime, eventText, gapText, short } from './trace-event.ts'
import { LEVELS, LIMITS, REACHED, WORDS } from './trace-words.ts'

type Side = 'backward' | 'forward'
type Relation = 'made' | 'into' | 'lot' | 'item' | 'carrier' | 'content'
type Place = { key: string; edge: TraceEdge | null; relation: Relation | null; prefix: string; last: boolean }

/** A trace as lines: a tree for each direction asked, what neither reached, balances, and where it was cut. */
export function* traceLines(graph: TraceGraph, language: Language): Generator<string> {
  const book = indexOf(graph)
  if (graph.known) yield knownText(graph.known, language)
  const printed = new Set<string>()
  for (const side of ['backward', 'forward'] as const) {
    if (graph.direction !== side && graph.direction !== 'both') continue
    yield `${WORDS[side][language]}: ${short(graph.code)}`
    yield* treeLines(book, side, graph.start, printed, language)
  }
  const rest = graph.units.filter(unit => !printed.has(unit.key))
  if (rest.length) yield WORDS.others[language]
  for (const [i, { key }] of rest.entries()) {
    const last = i === rest.length - 1
    yield* unitLines(book, { key, edge: null, relation: null, prefix: '', last }, false, language)
  }
  const lost = graph.gaps.filter(gap => !book.units.has(gap.unit))
  for (const gap of lost) yield `${gapText(gap, language)}  ${short(gap.unit)}`
  if (graph.balances.length) yield WORDS.balances[language]
  for (const balance of graph.balances) yield `  ${balanceText(balance, language)}`
  if (graph.cut) {
    const limit = LIMITS[graph.cut.limit][language]
    yield WORDS.cut[language].replace('{limit}', limit).replace('{n}', String(graph.cut.unexpandedTotal))
  }
}

/** As of when the answer is. */
function knownText({ position, index, time }: TraceKnown, language: Language): string {
  const values = { position: String(position), index: String(index ?? '-'), time: time ?? '-' }
  return WORDS.known[language].replace(/\{(\w+)\}/g, (_, name: keyof typeof values) => values[name])
}

interface Book {
  units: Map<string, TraceUnit>
  events: Map<string, TraceEvent[]>
  edges: Map<string, TraceEdge[]>
  /** by event id: units that stand in it as parent */
  parents: Map<string, Set<string>>
  gaps: Map<string, TraceGap[]>
  /** by event id */
  anomalies: Map<string, TraceAnomaly[]>
}

function indexOf(graph: TraceGraph): Book {
  const events = new Map<string, TraceEvent[]>()
  const edges = new Map<string, TraceEdge[]>()
  const parents = new Map<string, Set<string>>()
  for (const event of [...graph.events].sort(byTime)) {
    for (const unit of new Set(event.units.map(ref => ref.unit))) add(events, unit, event)
    const holders = event.units.filter(ref => ref.role === 'parent').map(ref => ref.unit)
    if (holders.length) parents.set(event.id, new Set(holders))
  }
  for (const edge of graph.edges) {
    add(edges, edge.from, edge)
    if (edge.to !== edge.from) add(edges, edge.to, edge)
  }
  const gaps = new Map<string, TraceGap[]>()
  for (const gap of graph.gaps) add(gaps, gap.unit, gap)
  const anomalies = new Map<string, TraceAnomaly[]>()
  for (const anomaly of graph.anomalies) add(anomalies, anomaly.event, anomaly)
  return { units: new Map(graph.units.map(unit => [unit.key, unit])), events, edges, parents, gaps, anomalies }
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Depth first with a stack of its own: a chain may be longer than the call stack allows. */
function* treeLines(
  book: Book,
  side: Side,
  start: string,
  printed: Set<string>,
  language: Language,
): Generator<string> {
  const seen = new Set<string>()
  const stack: Place[] = [{ key: start, edge: null, relation: null, prefix: '', last: true }]
  for (let place = stack.pop(); place; place = stack.pop()) {
    const again = seen.has(place.key)
    seen.add(place.key)
    printed.add(place.key)
    if (again) {
      yield `${headText(book, place, language)} ${WORDS.seen[language]}`
      continue
    }
    const next = neighbours(book, side, place.key, place.edge)
    yield* unitLines(book, place, next.length > 0, language)
    const prefix = place.prefix + (place.last ? '   ' : '│  ')
    for (let i = next.length - 1; i >= 0; i--) {
      const found = next[i]
      if (found) stack.push({ ...found, prefix, last: i === next.length - 1 })
    }
  }
}

/** Where the tree goes on from a unit: each other unit once per relation, not back along the edge it came by. */
function neighbours(book: Book, side: Side, key: string, via: TraceEdge | null): Omit<Place, 'prefix' | 'last'>[] {
  const found = new Map<string, Omit<Place, 'prefix' | 'last'>>()
  for (const edge of book.edges.get(key) ?? []) {
    if (edge === via) continue
    const relation = relationOf(book, side, key, edge)
    const other = edge.from === key ? edge.to : edge.from
    const back = via && (via.from === other || via.to === other) && via.kind === edge.kind
    if (relation && !back && !found.has(`${relation} ${other}`)) {
      found.set(`${relation} ${other}`, { key: other, edge, relation })
    }
  }
  return [...found.values()]
}

function relationOf(book: Book, side: Side, key: string, edge: TraceEdge): Relation | null {
  const other = edge.from === key ? edge.to : edge.from
  if (edge.kind === 'transformation') {
    if (side === 'backward') return edge.to === key ? 'made' : null
    return edge.from === key ? 'into' : null
  }
  if (edge.kind === 'lot') {
    // Back from the item to its lot, on from the lot to its items.
    const isLot = book.units.get(other)?.level === 'lot'
    if (side === 'backward') return isLot ? 'lot' : null
    return isLot ? null : 'item'
  }
  const holders = book.parents.get(edge.event)
  return (holders ? holders.has(other) : edge.from === key) ? 'carrier' : 'content'
}

function headText(book: Book, place: Place, language: Language): string {
  const { key, edge, relation } = place
  const unit = book.units.get(key)
  const words = [
    relation && WORDS[relation][language],
    short(unit?.code ?? key),
    unit && `(${LEVELS[unit.level][language]} · ${REACHED[unit.reachedAs][language]})`,
    edge?.quantity !== undefined && amountText(edge.quantity, edge.uom),
    edge?.possible && WORDS.possible[language],
  ].filter(Boolean)
  return `${place.prefix}${place.last ? '└─ ' : '├─ '}${words.join('  ')}`
}

function* unitLines(book: Book, place: Place, hasNext: boolean, language: Language): Generator<string> {
  const { key } = place
  yield headText(book, place, language)
  const indent = `${place.prefix}${place.last ? '   ' : '│  '}${hasNext ? '│ ' : '  '}`
  const gaps = book.gaps.get(key) ?? []
  const events = book.events.get(key) ?? []
  const shown = events.filter(event => !event.elsewhere)
  const at = new Set(shown.map(event => event.id))
  for (const gap of gaps) if (gap.kind === 'unknown-origin') yield `${indent}${gapText(gap, language)}`
  if (!events.length) yield `${indent}· ${WORDS.nothing[language]}`
  for (const event of shown) {
    yield `${indent}· ${eventText(event, key, language)}`
    for (const gap of gaps) {
      if (gap.event === event.id && gap.kind !== 'unknown-origin') yield `${indent}  ${gapText(gap, language)}`
    }
    for (const anomaly of book.anomalies.get(event.id) ?? []) {
      if (anomaly.unit === key || anomaly.unit === null) yield `${indent}  ${anomalyText(anomaly, language)}`
    }
  }
  for (const gap of gaps) {
    const isShown = gap.kind === 'unknown-origin' || (gap.event !== null && at.has(gap.event))
    if (!isShown) yield `${indent}${gapText(gap, language)}`
  }
  const folded = events.length - shown.length
  if (folded) yield `${indent}… ${WORDS.elsewhere[language].replace('{n}', String(folded))}`
}

const COLUMNS = [
  'produced',
  'received',
  'returnedIn',
  'used',
  'shipped',
  'sold',
  'returnedOut',
  'destroyed',
  'book',
  'counted',
  'difference',
] as const

function balanceText(balance: HolderBalance, language: Language): string {
  const parts = COLUMNS.flatMap(column => {
    const value = balance[column]
    const isMoved = value !== undefined && (column === 'book' || Number(value) !== 0 || column === 'counted')
    return isMoved ? [`${WORDS[column][language]} ${value}`] : []
  })
  return `${short(balance.unit)}  ${short(balance.holder)}  ${parts.join(' · ')}${balance.uom ? ` ${balance.uom}` : ''}`
}
