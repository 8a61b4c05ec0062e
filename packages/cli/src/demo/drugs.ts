import { type DemoCity, partyOf, productOf } from './city.ts'
import { dateText, days, minutes, timeAt } from './clock.ts'
import { itemLink, logisticLink } from './codes.ts'
import { type Told, turn } from './lots.ts'
import { move, pack, unpack } from './movement.ts'
import { randomFrom } from './random.ts'
import { type DemoRecord, type Scribe, scribe } from './scribe.ts'

type Data = DemoCity['stories']['drugs']

interface Pallet {
  index: number
  lot: string
  code: string
  boxes: { code: string; items: string[] }[]
  time: (plusDays: number, name: keyof Data['times']) => number
}

/** Medicine with a serial on every pack: packs in boxes, boxes on pallets, to a wholesaler and a hospital. */
export function drugStory(city: DemoCity): Told {
  const data = city.stories.drugs
  const scribes = scribe(city, 'drugs')
  const told: Told = { records: [], units: {} }
  for (let index = 0; index < data.pallets.length; index++) {
    const pallet = palletOf(city, index)
    told.records.push(...make(scribes, pallet), ...trade(scribes, pallet), ...dispense(scribes, pallet))
    if (index !== data.opened.pallet) continue
    told.units.item = turn(turn(pallet.boxes, 0).items, 0)
    told.units.otherItem = elsewhere(data, pallet)
    told.units.drugPallet = pallet.code
  }
  return told
}

function palletOf(city: DemoCity, index: number): Pallet {
  const data = city.stories.drugs
  const entry = turn(data.pallets, index)
  const product = productOf(city, 'tablet')
  const random = randomFrom(`${city.seed}/drugs/${index}`)
  // Serials that cannot be guessed from one another, as the rules for medicine ask.
  const serial = () => String(Math.floor(random() * 1e9)).padStart(9, '0')
  const boxes = Array.from({ length: entry.boxes }, (_, box) => ({
    code: itemLink(product.case ?? product.gtin, `B${index + 1}${String(box + 1).padStart(3, '0')}`),
    items: Array.from({ length: data.itemsPerBox }, (_, i) =>
      itemLink(product.gtin, `${index + 1}${String(box * data.itemsPerBox + i + 1).padStart(3, '0')}${serial()}`),
    ),
  }))
  return {
    index,
    lot: entry.lot,
    code: logisticLink(partyOf(city, data.maker).prefix, 700 + index),
    boxes,
    time: (plus, name) => timeAt(entry.date, plus, data.times[name], city.zone),
  }
}

const elsewhere = (data: Data, pallet: Pallet): string =>
  turn(turn(pallet.boxes, data.opened.box).items, data.opened.item)

function* make(scribe: Scribe, pallet: Pallet): Generator<DemoRecord> {
  const { city } = scribe
  const { maker } = city.stories.drugs
  const { time, lot } = pallet
  const made = time(0, 'made')
  const expires = made + days(productOf(city, 'tablet').shelfDays ?? 0)
  for (const [i, box] of pallet.boxes.entries()) {
    yield scribe.write('object', maker, made + minutes(5 * i), {
      action: 'ADD',
      step: 'commissioning',
      disposition: 'active',
      epcs: box.items,
      ilmd: {
        'cbvmda:lotNumber': lot,
        'cbvmda:productionDate': dateText(made, city.zone),
        'cbvmda:itemExpirationDate': dateText(expires, city.zone),
      },
    })
    yield pack(scribe, maker, time(0, 'boxed') + minutes(5 * i), box.code, { epcs: box.items })
  }
  yield pack(scribe, maker, time(0, 'palletised'), pallet.code, { epcs: pallet.boxes.map(box => box.code) })
}

/** To the wholesaler and on to the hospital; from one box an item goes to a clinic instead. Only the pallet is scanned. */
function* trade(scribe: Scribe, pallet: Pallet): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.drugs
  const { time, lot, code } = pallet
  const load = { epcs: [code] }
  yield* move(scribe, {
    from: data.maker,
    to: data.wholesaler,
    leaves: time(1, 'out'),
    takes: 95,
    load,
    note: `DW-${lot}`,
  })
  if (pallet.index === data.opened.pallet) {
    const box = turn(pallet.boxes, data.opened.box)
    const item = elsewhere(data, pallet)
    const opened = time(2, 'opened')
    yield unpack(scribe, data.wholesaler, opened, code, { epcs: [box.code] })
    yield unpack(scribe, data.wholesaler, opened + minutes(4), box.code, { epcs: [item] })
    yield pack(scribe, data.wholesaler, opened + minutes(12), code, { epcs: [box.code] })
    const trip = { from: data.wholesaler, to: data.clinic, leaves: time(2, 'toClinic'), takes: 50 }
    yield* move(scribe, { ...trip, load: { epcs: [item] }, note: `DC-${lot}` })
    const given = { step: 'dispensing', disposition: 'dispensed', epcs: [item] }
    yield scribe.write('object', data.clinic, time(4, 'dispensed'), given)
  }
  const trip = { from: data.wholesaler, to: data.hospital, leaves: time(3, 'toHospital'), takes: 40 }
  yield* move(scribe, { ...trip, load, note: `DH-${lot}` })
}

function* dispense(scribe: Scribe, pallet: Pallet): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.drugs
  const { time, code } = pallet
  yield unpack(scribe, data.hospital, time(3, 'unpacked'), code)
  const gone = pallet.index === data.opened.pallet ? elsewhere(data, pallet) : null
  const stock: string[] = []
  for (const [i, box] of pallet.boxes.entries()) {
    yield unpack(scribe, data.hospital, time(3, 'unpacked') + minutes(5 + 3 * i), box.code)
    stock.push(...box.items.filter(item => item !== gone))
  }
  const { prescriptions } = turn(data.pallets, pallet.index)
  for (let n = 0; n < prescriptions; n++) {
    const epcs = stock.slice(n * data.itemsPerPrescription, (n + 1) * data.itemsPerPrescription)
    const at = time(4 + Math.floor(n / 5), 'dispensed') + minutes(37 * (n % 5))
    yield scribe.write('object', data.hospital, at, { step: 'dispensing', disposition: 'dispensed', epcs })
  }
}
