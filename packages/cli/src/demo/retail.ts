import { type DemoCity, partyOf, productOf } from './city.ts'
import { dateText, days, lotDate, minutes, timeAt } from './clock.ts'
import { lotOf, pieces, type Told, turn, wholeParts } from './lots.ts'
import { move, receive, sell, ship } from './movement.ts'
import { between, randomFrom } from './random.ts'
import { type DemoRecord, type Scribe, scribe } from './scribe.ts'

type Data = DemoCity['stories']['retail']
type Goods = Data['goods'][number]
type Time = (plusDays: number, name: keyof Data['times']) => number

/** Ordinary goods of the shops: made, checked, to the distribution centre, to some shops, sold. */
export function retailStory(city: DemoCity): Told {
  const data = city.stories.retail
  const scribes = scribe(city, 'retail', count => count % 5 === 0)
  const told: Told = { records: [], units: {} }
  for (const [shelf, goods] of data.goods.entries()) {
    for (let lot = 0; lot < goods.lots; lot++) {
      const time: Time = (plus, name) =>
        timeAt(data.first, shelf + lot * goods.everyDays + plus, data.times[name], city.zone) + minutes(shelf)
      const code = `R${lotDate(time(0, 'made'), city.zone)}`
      told.records.push(...makeLot(scribes, goods, lot, code, time), ...stock(scribes, goods, lot, code, time))
      const { neverReceived, expired } = data
      if (neverReceived.product === goods.product && neverReceived.lot === lot)
        told.units.neverReceived = lotOf(city, goods.product, code)
      if (expired.product === goods.product && expired.lot === lot)
        told.units.expired = lotOf(city, goods.product, code)
      if (shelf === 0 && lot === 0) told.units.ordinary = lotOf(city, goods.product, code)
    }
  }
  return told
}

const sizeOf = (city: DemoCity, goods: Goods, lot: number): number =>
  between(randomFrom(`${city.seed}/retail/${goods.product}/${lot}`), goods.made.low, goods.made.high)

function* makeLot(scribe: Scribe, goods: Goods, lot: number, code: string, time: Time): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.retail
  const { maker, shelfDays } = productOf(city, goods.product)
  const amounts = [pieces(city, goods.product, code, sizeOf(city, goods, lot))]
  const made = time(0, 'made')
  yield scribe.write('object', maker, made, {
    action: 'ADD',
    step: 'commissioning',
    disposition: 'active',
    amounts,
    ilmd: {
      'cbvmda:lotNumber': code,
      'cbvmda:productionDate': dateText(made, city.zone),
      'cbvmda:itemExpirationDate': dateText(made + days(shelfDays ?? 0), city.zone),
    },
  })
  const report = scribe.paper(maker, 'testReport', `${goods.product.toUpperCase()}-${code}`)
  yield scribe.write('object', maker, time(0, 'checked'), {
    step: 'inspecting',
    disposition: 'conformant',
    amounts,
    papers: [{ type: 'testres', bizTransaction: report }],
  })
  const note = `RD-${goods.product}-${code}`
  yield* move(scribe, { from: maker, to: data.depot, leaves: time(1, 'toDepot'), takes: 130, load: { amounts }, note })
  if (!goods.order) return
  yield scribe.write('transaction', data.depot, time(1, 'ordered'), {
    action: 'ADD',
    step: 'accepting',
    disposition: 'in_progress',
    amounts,
    papers: [
      {
        type: 'po',
        bizTransaction: `urn:epcglobal:cbv:bt:${partyOf(city, data.depot).gln}:PO-${goods.product}-${code}`,
      },
    ],
  })
}

function* stock(scribe: Scribe, goods: Goods, lot: number, code: string, time: Time): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.retail
  const { neverReceived } = data
  const shares = wholeParts(sizeOf(city, goods, lot), goods.stores)
  for (const [n, count] of shares.entries()) {
    const store = turn(data.stores, lot + n)
    const load = { amounts: [pieces(city, goods.product, code, count)] }
    const lost = neverReceived.product === goods.product && neverReceived.lot === lot && neverReceived.store === n
    const leaves = time(lost ? 2 + neverReceived.daysLater : 2, 'toStores') + minutes(17 * n)
    const trip = { from: data.depot, to: store, leaves, takes: 45, load, note: `DS-${goods.product}-${code}-${n + 1}` }
    yield ship(scribe, trip)
    if (lost) continue
    yield receive(scribe, trip)
    const sold = wholeParts(Math.floor(count * data.soldShare), data.sales)
    for (const [day, pack] of sold.entries()) {
      const at = time(2 + day, 'sold') + minutes(9 * n)
      yield sell(scribe, store, at, { amounts: [pieces(city, goods.product, code, pack)] })
    }
  }
}
