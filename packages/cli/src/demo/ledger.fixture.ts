import { amounts, effective, text, things } from './city.fixture.ts'
import type { DemoEvent, DemoRecord } from './scribe.ts'

/** `party unit` (a lot or a single thing) whose book was ever below nothing, and the books after the last event. */
export interface Ledger {
  held: Map<string, number>
  negative: Set<string>
}

type Counted = [unit: string, quantity: number]

const NOTHING = -0.05
const IN = ['commissioning', 'receiving']
const OUT = ['shipping', 'retail_selling', 'dispensing', 'destroying', 'decommissioning']

/**
 * Books of all holders, counted event by event, slow and plain: made + received − used − shipped − sold − dispensed −
 * destroyed. A container that is sent or received counts with everything in it; itself it is nobody's product.
 */
export function ledgerOf(all: readonly DemoRecord[]): Ledger {
  const ledger: Ledger = { held: new Map(), negative: new Set() }
  const inside = new Map<string, Map<string, number>>()
  const book = (party: string, [unit, quantity]: Counted, sign: number) => {
    const key = `${party} ${unit}`
    const now = (ledger.held.get(key) ?? 0) + sign * quantity
    ledger.held.set(key, now)
    if (now < NOTHING) ledger.negative.add(key)
  }
  const opened = ([unit, quantity]: Counted): Counted[] => [
    ...(isContainer(unit) ? [] : [[unit, quantity] satisfies Counted]),
    ...[...(inside.get(unit) ?? [])].flatMap(opened),
  ]
  const inOrder = effective(all).sort((a, b) => timeOf(a.event) - timeOf(b.event))
  for (const { event, reporter } of inOrder) {
    const step = text(event.bizStep)
    if (event.type === 'TransformationEvent') {
      for (const used of counted(event, 'inputEPCList', 'inputQuantityList')) book(reporter, used, -1)
      for (const made of counted(event, 'outputEPCList', 'outputQuantityList')) book(reporter, made, 1)
    } else if (event.type === 'ObjectEvent') {
      const sign = IN.includes(step) ? 1 : OUT.includes(step) ? -1 : 0
      const subjects = counted(event, 'epcList', 'quantityList').flatMap(opened)
      for (const subject of subjects) if (sign !== 0) book(reporter, subject, sign)
    } else if (event.type !== 'TransactionEvent') contain(inside, event)
  }
  return ledger
}

const timeOf = (event: DemoEvent): number => Date.parse(text(event.eventTime))

/** Pallets, cartons, crates, the boxes of medicine and the owner's asset numbers. */
const isContainer = (unit: string): boolean => /\.org\/(00|8003|8004)\/|\/21\/B\d{4}$/.test(unit)

function counted(
  event: DemoEvent,
  singles: Parameters<typeof things>[1],
  lots: Parameters<typeof amounts>[1],
): Counted[] {
  return [
    ...things(event, singles).map((unit): Counted => [unit, 1]),
    ...amounts(event, lots).map((amount): Counted => [amount.epcClass, amount.quantity ?? 0]),
  ]
}

function contain(inside: Map<string, Map<string, number>>, event: DemoEvent): void {
  const parent = text(event.parentID)
  const children = counted(event, 'childEPCs', 'childQuantityList')
  const contents = inside.get(parent) ?? new Map<string, number>()
  inside.set(parent, contents)
  if (event.action === 'ADD') for (const [unit, quantity] of children) contents.set(unit, quantity)
  else if (children.length === 0) contents.clear()
  else for (const [unit] of children) contents.delete(unit)
}
