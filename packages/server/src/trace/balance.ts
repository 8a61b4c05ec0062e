import type { HolderBalance, TraceGap } from '@yuanliu/core'
import {
  add,
  type Decimal,
  formatDecimal,
  multiply,
  negate,
  ONE,
  parseDecimal,
  signOf,
  subtract,
  ZERO,
} from '../lib/decimal.ts'
import type { Found } from './found.ts'
import { byKey } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import { type Entry, ledgersOf } from './ledger.ts'
import { compare } from './position.ts'
import { COUNT, type Column, type TraceProfile } from './profile.ts'
import { amountOf } from './quantity.ts'

const INTO: readonly Column[] = ['produced', 'received', 'returnedIn']
const OUT: readonly Column[] = ['used', 'shipped', 'sold', 'returnedOut', 'destroyed']

interface Book {
  columns: Record<Column, Decimal>
  book: Decimal
  /** the event that made the book negative, while it is */
  overdrawn: KnownEvent | null
  counted: Decimal | null
  difference: Decimal | null
}

/**
 * Balances of the lots of an answer, per holder and dimension, and a gap where a holder gave out more than it had. The
 * holder is the organisation that reported the event. Each dimension is stated in the one unit of measure that was
 * used, or in its base unit where several were.
 */
export function balancesOf(found: Found): { balances: HolderBalance[]; gaps: TraceGap[] } {
  const balances: HolderBalance[] = []
  const gaps: TraceGap[] = []
  const { profile } = found.known
  for (const [unit, ledger] of ledgersOf(found)) {
    for (const [dimension, uoms] of dimensionsOf(profile, ledger.values())) {
      const only = uoms.size === 1 ? ([...uoms][0] as string) : null
      const uom = only ?? profile.bases.get(dimension) ?? ''
      for (const [holder, book] of booksOf(profile, ledger, dimension, only)) {
        balances.push(stated(unit, holder, uom === '' ? null : uom, book))
        if (signOf(book.book) >= 0) continue
        const detail = { holder, book: formatDecimal(book.book), ...(uom === '' ? {} : { uom }) }
        gaps.push({ kind: 'more-out-than-in', unit, event: book.overdrawn?.facts.id ?? null, party: holder, detail })
      }
    }
  }
  balances.sort((a, b) => byKey(a.unit, b.unit) || byKey(a.holder, b.holder) || byKey(a.uom ?? '', b.uom ?? ''))
  return { balances, gaps }
}

/** Dimensions of a ledger with the units of measure used in each. */
function dimensionsOf(profile: TraceProfile, entries: Iterable<Entry[]>): Map<string, Set<string>> {
  const dimensions = new Map<string, Set<string>>()
  for (const list of entries) {
    for (const { amounts } of list) {
      for (const uom of amounts.keys()) {
        const dimension = dimensionOf(profile, uom)
        dimensions.set(dimension, (dimensions.get(dimension) ?? new Set()).add(uom))
      }
    }
  }
  return dimensions
}

function dimensionOf(profile: TraceProfile, uom: string): string {
  if (uom === '') return COUNT
  return profile.units.get(uom)?.dimension ?? amountOf(profile, '1', uom)?.dimension ?? COUNT
}

function booksOf(
  profile: TraceProfile,
  ledger: ReadonlyMap<KnownEvent, Entry[]>,
  dimension: string,
  only: string | null,
): Map<string, Book> {
  const books = new Map<string, Book>()
  const events = [...ledger.keys()].sort(compare)
  for (const event of events) {
    const holder = event.facts.reporterCode
    for (const { column, sign, amounts } of ledger.get(event) ?? []) {
      const value = sum(profile, amounts, dimension, only)
      if (!value) continue
      const book = books.get(holder) ?? newBook()
      books.set(holder, book)
      if (column === 'counted') {
        book.counted = value
        book.difference = subtract(value, book.book)
      } else post(book, column, sign === 1 ? value : negate(value))
    }
    const book = books.get(holder)
    if (!book) continue
    if (signOf(book.book) >= 0) book.overdrawn = null
    else book.overdrawn ??= event
  }
  return books
}

function newBook(): Book {
  const columns = {
    produced: ZERO,
    received: ZERO,
    returnedIn: ZERO,
    used: ZERO,
    shipped: ZERO,
    sold: ZERO,
    returnedOut: ZERO,
    destroyed: ZERO,
  }
  return { columns, book: ZERO, overdrawn: null, counted: null, difference: null }
}

function post(book: Book, column: Column, value: Decimal): void {
  book.columns[column] = add(book.columns[column], value)
  book.book = add(book.book, INTO.includes(column) ? value : negate(value))
}

/** The amounts of one dimension, in the only unit of measure there is or in the base unit; null for none. */
function sum(
  profile: TraceProfile,
  amounts: ReadonlyMap<string, Decimal>,
  dimension: string,
  only: string | null,
): Decimal | null {
  let total: Decimal | null = null
  for (const [uom, value] of amounts) {
    if (dimensionOf(profile, uom) !== dimension) continue
    const factor = only === null ? (profile.units.get(uom)?.factor ?? ONE) : ONE
    total = add(total ?? ZERO, multiply(value, factor))
  }
  return total
}

function stated(unit: string, holder: string, uom: string | null, book: Book): HolderBalance {
  const text = (column: Column) => formatDecimal(book.columns[column])
  return {
    unit,
    holder,
    uom,
    produced: text('produced'),
    received: text('received'),
    returnedIn: text('returnedIn'),
    used: text('used'),
    shipped: text('shipped'),
    sold: text('sold'),
    returnedOut: text('returnedOut'),
    destroyed: text('destroyed'),
    book: formatDecimal(book.book),
    ...(book.counted && book.difference
      ? { counted: formatDecimal(book.counted), difference: formatDecimal(book.difference) }
      : {}),
  }
}

/**
 * All holders of a lot in one unit of measure. `inTransit` is what was sent and not received, so that
 * produced = book + inTransit + used + sold + destroyed.
 */
export function totalsOf(balances: readonly HolderBalance[]): Record<Column | 'book' | 'inTransit', string> {
  const total = (name: Column | 'book') => balances.reduce((all, b) => add(all, parseDecimal(b[name]) ?? ZERO), ZERO)
  const sent = add(total('shipped'), total('returnedOut'))
  const arrived = add(total('received'), total('returnedIn'))
  const columns = [...INTO, ...OUT, 'book' as const].map(name => [name, formatDecimal(total(name))])
  return { ...Object.fromEntries(columns), inTransit: formatDecimal(subtract(sent, arrived)) }
}
