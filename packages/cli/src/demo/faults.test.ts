import { describe, expect, it } from 'vitest'
import { amounts, city, documents, effective, eventsOf, partyNamed, records, things, unitsOf } from './city.fixture.ts'
import { urnOf } from './codes.ts'
import { ledgerOf } from './ledger.fixture.ts'
import type { DemoRecord } from './scribe.ts'
import { tellAll } from './tell.ts'

const { units } = tellAll(city)
const all = effective(records)
const HOURS = 3_600_000
const sends = all.filter(({ event }) => event.bizStep === 'shipping')
const receipts = all.filter(({ event }) => event.bizStep === 'receiving')

/** The receiver's record of a shipment: same things, to the party named, within 72 hours; from abroad it takes longer. */
function receiptOf({ event, at, reporter }: DemoRecord): DemoRecord | undefined {
  const { winery, voyageDays } = city.stories.wine
  const within = reporter === winery ? (voyageDays * 24 + 1) * HOURS : 72 * HOURS
  return receipts.find(
    receipt =>
      receipt.reporter === partyNamed(event, 'destinationList') &&
      receipt.at >= at &&
      receipt.at - at <= within &&
      unitsOf(event).some(unit => unitsOf(receipt.event).includes(unit)),
  )
}

describe('faults that are there on purpose, and no others', () => {
  const received = new Map(sends.map(send => [send, receiptOf(send)]))
  const lost = sends.filter(send => !received.get(send))
  const sent = new Set(received.values())
  const unsent = receipts.filter(receipt => !sent.has(receipt))

  it('missing steps: two dishes, each without the records of one party', () => {
    for (const { missing, unit } of city.stories.vegetables.sisters) {
      const lot = units[unit]?.split('/').at(-1)
      const told = all.filter(({ event }) => JSON.stringify(event).includes(`/10/${lot}"`))
      expect(told.length).toBeGreaterThan(8)
      expect(told.map(record => record.reporter)).not.toContain(missing)
      // The one before sent to nobody, the one behind received from nobody.
      expect(lost.filter(({ event }) => unitsOf(event)[0]?.endsWith(`/${lot}`)).length).toBe(1)
      expect(unsent.filter(({ event }) => unitsOf(event)[0]?.endsWith(`/${lot}`)).length).toBe(1)
    }
    expect(unsent.map(({ reporter }) => reporter).sort()).toEqual(['canteen-1', 'veg-market'])
  })

  it('a dish whose origin breaks off: nothing is known of the washed greens before the market had them', () => {
    const lot = units.dishWithoutOrigin?.split('/').at(-1)
    const clean = all.filter(({ event }) =>
      unitsOf(event).some(unit => /\/10\//.test(unit) && unit.endsWith(`/${lot}`)),
    )
    const first = clean.filter(({ reporter }) => !reporter.startsWith('veg-coop')).sort((a, b) => a.at - b.at)[0]
    expect(first?.reporter).toBe('veg-market')
    expect(first?.event.bizStep).toBe('receiving')
  })

  it('a shipment never received, besides those of the missing steps', () => {
    expect(lost.map(({ event }) => partyNamed(event, 'destinationList')).sort()).toEqual([
      'delivery',
      'packhouse',
      'store-4',
    ])
    const send = lost.find(({ event }) => unitsOf(event).includes(units.neverReceived ?? ''))
    expect(send?.reporter).toBe('store-depot')
    expect(Date.parse('2026-11-21T00:00:00Z') - (send?.at ?? 0)).toBeGreaterThan(72 * HOURS)
    // Nobody received anything of the lot afterwards that could be taken for it.
    const later = receipts.filter(r => r.at > (send?.at ?? 0) && unitsOf(r.event).includes(units.neverReceived ?? ''))
    expect(later).toEqual([])
  })

  it('a crate used again and again, empty in between', () => {
    const uses = all.filter(({ event }) => event.parentID === units.crate)
    const lots = new Set(
      uses.flatMap(({ event }) => amounts(event, 'childQuantityList').map(amount => amount.epcClass.split('/').at(-1))),
    )
    expect(lots.size).toBeGreaterThanOrEqual(4)
    const actions = uses.sort((a, b) => a.at - b.at).map(({ event }) => event.action)
    expect(actions).toEqual(actions.map((_, i) => (i % 2 === 0 ? 'ADD' : 'DELETE')))
  })

  it('a corrected record: declared wrong by its own reporter, with the event that corrects it', () => {
    const declarations = records.filter(({ event }) => event.errorDeclaration)
    expect(declarations.length).toBe(2)
    const own = declarations.find(({ event }) => unitsOf(event).includes(units.corrected ?? ''))
    const declaration = own?.event.errorDeclaration as { reason: string; correctiveEventIDs: string[] }
    expect(declaration.reason).toBe('incorrect_data')
    const [wrong] = records.filter(r => r.event.eventID === own?.event.eventID && !r.event.errorDeclaration)
    const [right] = records.filter(r => r.event.eventID === declaration.correctiveEventIDs[0])
    expect(wrong?.reporter).toBe(own?.reporter)
    expect(right?.reporter).toBe(own?.reporter)
    const weight = (record: DemoRecord | undefined) =>
      amounts(record?.event ?? {}, 'quantityList').find(amount => amount.epcClass === units.corrected)?.quantity ?? 0
    expect(weight(wrong)).toBeCloseTo(weight(right) * city.stories.pork.correction.factor, 6)
    expect(weight(right)).toBeGreaterThan(0)
    // Apart from id and declaration it is the event as it was, so that both have the same CBV hash.
    const { errorDeclaration: _, ...same } = own?.event ?? {}
    expect(same).toEqual(wrong?.event)
  })

  it('a declaration by another party, which voids nothing', () => {
    const foreign = records.find(({ event }) => event.errorDeclaration && unitsOf(event).includes(units.disputed ?? ''))
    const original = records.find(r => r.event.eventID === foreign?.event.eventID && !r.event.errorDeclaration)
    expect(foreign?.reporter).toMatch(/^butcher-/)
    expect(original?.reporter).toBe('meat-market')
    expect(all).toContain(original)
    // The declaration is captured by the key of the one who declares, and after the event.
    const place = (record: DemoRecord | undefined) =>
      documents.findIndex(
        d =>
          d.reporter === record?.reporter &&
          eventsOf(d.document).some(event => JSON.stringify(event) === JSON.stringify(record?.event)),
      )
    expect(place(original)).toBeGreaterThanOrEqual(0)
    expect(place(foreign)).toBeGreaterThanOrEqual(0)
    expect(foreign?.at).toBeGreaterThan(original?.at ?? 0)
  })

  it('one lot sold more than it had; nobody else uses, sends or sells what is not there', () => {
    expect([...ledgerOf(records).negative]).toEqual([`butcher-2 ${units.oversold}`])
  })

  it('one lot on two branches: some sold fresh, some made into sausages', () => {
    const belly = units.branches ?? ''
    const into = all.filter(({ event }) => amounts(event, 'inputQuantityList').some(a => a.epcClass === belly))
    expect(into.map(({ reporter }) => reporter)).toEqual(['sausage-plant'])
    expect(amounts(into[0]?.event ?? {}, 'outputQuantityList').map(a => a.epcClass)).toContain(units.sausage)
    const sold = all.filter(({ event }) => event.bizStep === 'retail_selling' && unitsOf(event).includes(belly))
    expect(new Set(sold.map(({ reporter }) => reporter)).size).toBe(3)
  })

  it('milk past its date', () => {
    const made = all.find(
      ({ event }) => event.bizStep === 'commissioning' && unitsOf(event).includes(units.expired ?? ''),
    )
    const ilmd = (made?.event.ilmd ?? {}) as { [name: string]: string }
    expect(ilmd['cbvmda:itemExpirationDate']).toMatch(/^2026-(09|10)-/)
  })

  it('vaccine that got warm is destroyed and given to nobody', () => {
    const gone = all.filter(({ event }) => things(event, 'epcList').includes(units.warmVial ?? ''))
    expect(gone.map(({ event }) => event.bizStep)).toEqual([
      'commissioning',
      'inspecting',
      'holding',
      'inspecting',
      'destroying',
    ])
    expect(urnOf(units.warmVial ?? '')).toMatch(/^urn:epc:id:sgtin:/)
  })
})
