import { describe, expect, it } from 'vitest'
import { amounts, city, effective, type Quantity, records, text } from './city.fixture.ts'
import { DOMAIN, pathOf } from './codes.ts'
import { ledgerOf } from './ledger.fixture.ts'
import { lotOf } from './lots.ts'
import { tellAll } from './tell.ts'

const { units } = tellAll(city)
const all = effective(records)

/** Kilograms: as written, or pieces by the net content of the product. */
function kilogramsOf(amount: Quantity): number {
  if (amount.uom === 'KGM') return amount.quantity ?? 0
  const product = [...city.products.values()].find(p => amount.epcClass.startsWith(`${DOMAIN}01/${p.gtin}/`))
  if (product?.netContent?.uom !== 'KGM') return Number.NaN
  return (amount.quantity ?? 0) * Number(product.netContent.value)
}

const weigh = (list: readonly Quantity[]): number => list.reduce((sum, amount) => sum + kilogramsOf(amount), 0)
const making = (lot: string) =>
  all.find(({ event }) => amounts(event, 'outputQuantityList').some(amount => amount.epcClass === lot))?.event
const using = (lot: string) =>
  all.filter(({ event }) => amounts(event, 'inputQuantityList').some(amount => amount.epcClass === lot))

describe('stories', () => {
  it('lose no weight: what goes into a transformation comes out, losses named', () => {
    const changes = all.filter(({ event }) => event.type === 'TransformationEvent')
    expect(changes.length).toBeGreaterThan(60)
    for (const { event } of changes) {
      const [into, out] = [weigh(amounts(event, 'inputQuantityList')), weigh(amounts(event, 'outputQuantityList'))]
      expect(into).toBeGreaterThan(0)
      expect(out, text(event.eventTime)).toBeCloseTo(into, 6)
    }
  })

  it('oil: three raw lots in one tank, two bottlings, and the tank gives no more than it got', () => {
    const run = city.stories.oil.runs[0]
    const tank = lotOf(city, 'tank-oil', `${run?.code}T`)
    const blend = making(tank)
    const raw = amounts(blend ?? {}, 'inputQuantityList')
    expect(new Set(raw.map(amount => amount.epcClass)).size).toBe(3)
    expect(raw.map(amount => amount.epcClass)).toContain(units.raw)
    const inTank = amounts(blend ?? {}, 'outputQuantityList').find(amount => amount.epcClass === tank)
    expect(inTank?.quantity).toBe(900 + 800 + 700 - 24)

    const fillings = using(tank)
    expect(fillings.length).toBe(2)
    const bottled = fillings.flatMap(({ event }) => amounts(event, 'outputQuantityList').map(a => a.epcClass))
    expect(bottled).toContain(units.bottle)
    expect(bottled).toContain(units.otherBottle)
    const drawn = fillings.flatMap(({ event }) => amounts(event, 'inputQuantityList'))
    expect(weigh(drawn)).toBeLessThanOrEqual(inTank?.quantity ?? 0)
    expect(ledgerOf(records).held.get(`oil-plant ${tank}`)).toBeCloseTo((inTank?.quantity ?? 0) - weigh(drawn), 6)
  })

  it('oil: every bottle is in a carton and every carton on one pallet', () => {
    const packed = all.filter(({ event, reporter }) => reporter === 'oil-plant' && event.bizStep === 'packing')
    for (const lot of [units.bottle, units.otherBottle]) {
      const made = amounts(making(lot ?? '') ?? {}, 'outputQuantityList').find(amount => amount.epcClass === lot)
      const inCartons = packed.flatMap(({ event }) => amounts(event, 'childQuantityList'))
      const count = inCartons.filter(amount => amount.epcClass === lot).reduce((sum, a) => sum + (a.quantity ?? 0), 0)
      expect(count).toBe(made?.quantity)
    }
    const cartons = packed.filter(({ event }) => event.childQuantityList).map(({ event }) => text(event.parentID))
    const onPallets = packed.flatMap(({ event }) => (event.childEPCs as string[] | undefined) ?? [])
    expect([...onPallets].sort()).toEqual([...cartons].sort())
  })

  it('medicine: 20 packs a box, 10 boxes a pallet, and only the pallet is scanned on the way', () => {
    const parent = units.drugPallet
    const boxes = all.flatMap(({ event }) =>
      event.parentID === parent && event.action === 'ADD' ? ((event.childEPCs as string[] | undefined) ?? []) : [],
    )
    expect(new Set(boxes).size).toBe(10)
    for (const box of new Set(boxes)) {
      const items = all.find(({ event }) => event.parentID === box && event.action === 'ADD')?.event.childEPCs
      expect((items as string[]).length).toBe(20)
    }
    const sent = all.filter(
      ({ event }) =>
        event.bizStep === 'shipping' && (event.epcList as string[] | undefined)?.includes(units.item ?? ''),
    )
    expect(sent).toEqual([])
    const elsewhere = all.filter(
      ({ event }) =>
        event.bizStep === 'shipping' && (event.epcList as string[] | undefined)?.includes(units.otherItem ?? ''),
    )
    expect(elsewhere.length).toBe(1)
  })

  it('vegetables: six steps by five parties, with the certificate', () => {
    const dish = units.dish ?? ''
    const lot = dish.split('/').at(-1) ?? ''
    const told = all.filter(({ event }) => new RegExp(`/10/${lot}"`).test(JSON.stringify(event)))
    expect(new Set(told.map(record => record.reporter)).size).toBe(5)
    const steps = new Set(told.map(({ event }) => `${text((event.readPoint as { id: string }).id)} ${event.bizStep}`))
    expect(steps.size).toBeGreaterThanOrEqual(6)
    expect(told.some(({ event }) => JSON.stringify(event.certificationInfo ?? '').includes('/253/'))).toBe(true)
  })

  it('vaccine: readings stay in their limits but one, which bears the alarm', () => {
    const { limits, excursion } = city.stories.vaccine
    const readings = all.flatMap(({ event }) => {
      const elements = (event.sensorElementList as { sensorReport: { [name: string]: unknown }[] }[] | undefined) ?? []
      return elements.flatMap(element => element.sensorReport.filter(report => report.type === 'Temperature'))
    })
    expect(readings.length).toBeGreaterThan(80)
    const outside = readings.filter(r => Number(r.value) > limits.high || Number(r.value) < limits.low)
    expect(outside).toEqual([
      { type: 'Temperature', exception: 'ALARM_CONDITION', value: excursion.celsius, uom: 'CEL' },
    ])
    expect(readings.filter(r => r.exception).length).toBe(1)
  })

  it('elevator: the old part is out, the new one in, and each year has its report', () => {
    const car = units.elevator
    const parts = all.filter(({ event }) => event.type === 'AssociationEvent' && event.parentID === car)
    const left = parts
      .filter(({ event }) => event.action === 'DELETE')
      .flatMap(({ event }) => event.childEPCs as string[])
    expect(left).toContain(units.oldPart)
    const joined = parts
      .filter(({ event }) => event.action === 'ADD')
      .flatMap(({ event }) => event.childEPCs as string[])
    expect(joined.length - left.length).toBe(city.stories.elevators.parts.length)
    const reports = all.filter(
      ({ event, reporter }) => reporter === 'inspectorate' && (event.epcList as string[]).includes(car ?? ''),
    )
    const years = new Set(reports.map(({ event }) => text(event.eventTime).slice(0, 4)))
    expect(years.size).toBe(8)
    for (const { event } of reports) expect(event.certificationInfo).toHaveLength(1)
  })
})

describe('highlights', () => {
  it('show codes that stand in events, in both languages', async () => {
    const { demoHighlights } = await import('./highlights.ts')
    const highlights = demoHighlights(city)
    expect(highlights.length).toBeGreaterThanOrEqual(13)
    const written = JSON.stringify(records.map(record => record.event))
    for (const { title, shows, code } of highlights) {
      expect(written, code).toContain(`"https://id.gs1.org${code}"`)
      for (const words of [title, shows]) {
        expect(words.zh).toMatch(/[\u4e00-\u9fff]/)
        expect(words.en).toMatch(/^[\x20-\u00ff]+$/)
      }
    }
    expect(new Set(highlights.map(highlight => highlight.code)).size).toBe(highlights.length)
    expect(highlights.map(highlight => highlight.code)).toContain(pathOf(units.crate ?? ''))
  })
})
