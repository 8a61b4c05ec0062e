import { partOf } from '@yuanliu/core'
import fc from 'fast-check'
import type { Declaration, StoredEvent } from './source.ts'
import {
  aggregation,
  association,
  object,
  type Thing,
  type Told,
  transaction,
  transformation,
} from './story.fixture.ts'

/** Two products with items and lots, a class, containers of three kinds, a thing without a scheme. */
export const ITEMS = ['01/1/21/a', '01/1/21/b', '01/2/21/c'] as const
export const LOTS = ['01/1/10/A', '01/1/10/B', '01/2/10/C'] as const
export const CONTAINERS = ['00/1', '00/2', '8003/crate'] as const
export const CLASSES = ['01/1', '01/3'] as const
const OTHER = 'urn:x:thing'
const SINGLES: readonly string[] = [...ITEMS, ...CONTAINERS, OTHER]

const lotOf = (item: string) =>
  item.startsWith('01/1/') ? fc.constantFrom<string>('01/1/10/A', '01/1/10/B') : fc.constant('01/2/10/C')

const arbSingle: fc.Arbitrary<Thing> = fc.constantFrom(...SINGLES)
/** sometimes with a code that carries its lot too, or with a lot by ILMD, which the facts do not tell apart */
const arbItem: fc.Arbitrary<Thing> = fc
  .constantFrom(...ITEMS)
  .chain(key =>
    fc.oneof(
      { weight: 2, arbitrary: fc.constant<Thing>(key) },
      { weight: 1, arbitrary: lotOf(key).map((lot): Thing => ({ key, lot })) },
    ),
  )
const arbMass: fc.Arbitrary<[string | null, string | null]> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<[string, string | null]>(['1', 'KGM'], ['2', 'KGM'], ['500', 'GRM']) },
  { weight: 1, arbitrary: fc.constantFrom<[string | null, string | null]>([null, null], ['3', null], ['1', 'LTR']) },
)
const arbLot: fc.Arbitrary<Thing> = fc
  .tuple(fc.constantFrom(...LOTS), arbMass)
  .map(([lot, [quantity, uom]]): Thing => [lot, quantity, uom])
const arbClass: fc.Arbitrary<Thing> = fc
  .tuple(fc.constantFrom(...CLASSES), arbMass)
  .map(([key, [quantity, uom]]): Thing => [key, quantity, uom])
const arbThing = fc.oneof(
  { weight: 5, arbitrary: arbItem },
  { weight: 3, arbitrary: arbSingle },
  { weight: 4, arbitrary: arbLot },
  { weight: 1, arbitrary: arbClass },
)

const keyOf = (thing: Thing) => (typeof thing === 'string' ? thing : Array.isArray(thing) ? thing[0] : thing.key)
const things = (min: number, max: number, of = arbThing) =>
  fc.uniqueArray(of, { minLength: min, maxLength: max, selector: keyOf })
/** lots may be named twice in one list, with different quantities */
const twice = (list: Thing[], again: boolean): Thing[] => {
  const lot = list.find(t => Array.isArray(t))
  return again && lot ? [...list, lot] : list
}

const arbTold: fc.Arbitrary<Told> = fc.record(
  {
    // Few instants and few documents: many events of one instant, from one document or from several.
    at: fc.integer({ min: 0, max: 9 }).map(n => n * 10),
    by: fc.integer({ min: 1, max: 3 }),
    document: fc.constantFrom('d1', 'd2', 'd3', 'd4', 'd5'),
    step: fc.constantFrom('shipping', 'receiving', 'commissioning', 'retail_selling', 'void_shipping', 'stock_taking'),
    disposition: fc.constantFrom('returned', 'active'),
    place: fc.constantFrom('P1', 'P2', 'P3'),
    from: fc.constantFrom('P1', 'P2', 'Q1'),
    to: fc.constantFrom('P1', 'P3', 'Q1'),
    declarations: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Declaration[]>([]) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.integer({ min: 1, max: 3 }), fc.boolean())
          .map(([reporter, may]) => [{ position: 1000, reporter, mayVoid: may && reporter === 3 }]),
      },
    ),
  },
  { requiredKeys: ['at', 'by', 'document', 'declarations'] },
)

const arbAction = fc.constantFrom<('ADD' | 'OBSERVE' | 'DELETE')[]>('ADD', 'ADD', 'OBSERVE', 'DELETE')

const arbObject = fc
  .tuple(
    arbTold,
    fc.constantFrom<('ADD' | 'OBSERVE' | 'DELETE')[]>('ADD', 'OBSERVE', 'OBSERVE', 'DELETE'),
    things(1, 3),
  )
  .map(([told, action, list]) => object(told, action, ...list))
const arbPacking = fc
  .tuple(
    arbTold,
    fc.constantFrom(aggregation, aggregation, aggregation, association),
    arbAction,
    fc.constantFrom<string[]>(...CONTAINERS, ...CONTAINERS, '01/2/21/c'),
    things(0, 3),
    fc.boolean(),
  )
  .map(([told, pack, action, parent, children, again]) => {
    // An ADD without children says nothing; a DELETE without children empties the parent.
    const list = action === 'ADD' && children.length === 0 ? ['01/1/21/a'] : twice(children, again)
    return pack(told, action, parent, ...list)
  })
const arbTransformation = fc
  .tuple(arbTold, fc.option(fc.constantFrom('t1', 't2'), { freq: 3 }), things(0, 2), things(0, 2), fc.boolean())
  .map(([told, id, inputs, outputs, again]) => {
    const list = inputs.length + outputs.length === 0 ? ['01/1/21/a'] : twice(inputs, again)
    return transformation({ ...told, ...(id !== null && { transformationID: id }) }, list, outputs)
  })
const arbTransaction = fc
  .tuple(arbTold, fc.constantFrom(...CONTAINERS), things(0, 2))
  .map(([told, parent, list]) => transaction(told, parent, ...list))

const arbEvent: fc.Arbitrary<StoredEvent> = fc.oneof(
  { weight: 4, arbitrary: arbObject },
  { weight: 7, arbitrary: arbPacking },
  { weight: 4, arbitrary: arbTransformation },
  { weight: 1, arbitrary: arbTransaction },
)

/**
 * Small nasty histories: packing, partial unpacking, crates used again, mixing, splitting, containers used up with their
 * contents, association, decommissioning, lots in several places, corrections by the right and by the wrong
 * reporter, foreign transformationIDs, events of one instant, products without lot, cycles. Records come in any order;
 * the array is in order of capture. Ids and keys are unique within a history.
 */
export const arbHistory: fc.Arbitrary<StoredEvent[]> = fc
  .array(arbEvent, { minLength: 6, maxLength: 14 })
  .map(events => events.map((event, i) => numbered(event, i)))

function numbered(event: StoredEvent, i: number): StoredEvent {
  const isDeclaration = event.declarations.some(d => d.mayVoid) && event.time % 20 === 0
  return {
    ...event,
    id: `urn:uuid:00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    key: String(i).padStart(32, '0'),
    position: i + 1,
    declaration: isDeclaration,
  }
}

/** Every unit that a history names. */
export function unitsOf(history: readonly StoredEvent[]): string[] {
  const units = new Set<string>()
  for (const event of history)
    for (const [i, key] of event.units.entries()) if (partOf(event.roles[i] as number) !== 'none') units.add(key)
  return [...units].sort()
}

/**
 * The same history in another order of capture that keeps the order of events of one instant: what came late is
 * traced as if it had come in time.
 */
export function recaptured(history: readonly StoredEvent[], weights: readonly number[]): StoredEvent[] {
  const order = [...history].sort((a, b) => weight(a, weights) - weight(b, weights) || a.position - b.position)
  return order.map((event, i) => ({ ...event, position: i + 1 }))
}

function weight(event: StoredEvent, weights: readonly number[]): number {
  return weights[(event.time / 600_000_000) % weights.length] ?? 0
}
