import { type DemoCity, partyOf } from './city.ts'
import { dateText, lotDate, minutes, timeAt } from './clock.ts'
import { crateLink } from './codes.ts'
import { corrected, declareWrong } from './correction.ts'
import { kilograms, lotOf, parts, pieces, type Told, tenth, turn } from './lots.ts'
import { move, pack, receive, sell, ship, unpack } from './movement.ts'
import { between, randomFrom } from './random.ts'
import { type DemoRecord, type Scribe, scribe } from './scribe.ts'

/** What one batch weighs and is called at every step. */
interface Batch {
  index: number
  time: (plusDays: number, name: keyof DemoCity['stories']['pork']['times']) => number
  lot: string
  heads: number
  live: number
  cuts: { product: string; kg: number; crate: number }[]
}

/** Pork from the farm through slaughter, cutting and the wholesale market to three shops, and into sausages. */
export function porkStory(city: DemoCity): Told {
  const data = city.stories.pork
  const scribes = scribe(city, 'pork')
  const told: Told = { records: [], units: {} }
  for (let index = 0; index < data.batches; index++) {
    const batch = batchOf(city, index)
    const { lot } = batch
    told.records.push(...raise(scribes, batch), ...cutUp(scribes, batch), ...sellOn(scribes, batch))
    if (index === 0) told.units.belly = lotOf(city, 'belly', lot)
    if (index === data.correction.batch) told.units.corrected = lotOf(city, data.correction.product, lot)
    if (index === data.dispute.batch) told.units.disputed = lotOf(city, 'leg', lot)
    if (index === data.oversold.batch) told.units.oversold = lotOf(city, data.oversold.product, lot)
    if (data.sausage.batches[0] === index) {
      told.units.branches = lotOf(city, 'belly', lot)
      told.units.sausage = lotOf(city, 'sausage', lot)
    }
  }
  told.units.crate = crateOf(city, 0)
  return told
}

function batchOf(city: DemoCity, index: number): Batch {
  const data = city.stories.pork
  const random = randomFrom(`${city.seed}/pork/${index}`)
  const time: Batch['time'] = (plus, name) =>
    timeAt(data.first, index * data.everyDays + plus, data.times[name], city.zone)
  const heads = between(random, data.headCount.low, data.headCount.high)
  const live = tenth(heads * between(random, data.headKg.low, data.headKg.high))
  const cuts = data.cuts.map(cut => ({ ...cut, kg: tenth(live * data.carcassShare * cut.share) }))
  return { index, time, lot: `P${lotDate(time(0, 'fattened'), city.zone)}`, heads, live, cuts }
}

function crateOf(city: DemoCity, number: number): string {
  const { crates, cuttingPlant } = city.stories.pork
  const serial = `BOX${String((number % crates.count) + 1).padStart(3, '0')}`
  return crateLink(partyOf(city, cuttingPlant).prefix, crates.type, serial)
}

/** Farm, quarantine, slaughter: what goes in is what comes out, losses included. */
function* raise(scribe: Scribe, batch: Batch): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.pork
  const { party: farm, product } = turn(data.farms, batch.index)
  const { lot, live, time } = batch
  const pigs = [kilograms(city, product, lot, live)]
  const tag = (n: number) => `1999001${String(batch.index * 100 + n).padStart(8, '0')}`
  yield scribe.write('object', farm, time(0, 'fattened'), {
    action: 'ADD',
    step: 'commissioning',
    disposition: 'active',
    amounts: pigs,
    ilmd: {
      'cbvmda:lotNumber': lot,
      'cbvmda:countryOfOrigin': city.countryCode,
      'yuanliu:headCount': batch.heads,
      'yuanliu:earTags': [tag(1), tag(batch.heads)],
    },
  })
  const quarantine = scribe.paper(farm, 'animalQuarantine', `Q${lot}`)
  yield scribe.write('object', farm, time(0, 'quarantined'), {
    step: 'inspecting',
    disposition: 'conformant',
    amounts: pigs,
    certificates: [quarantine],
    papers: [{ type: 'cert', bizTransaction: quarantine }],
  })
  const load = { amounts: pigs }
  const leaves = time(0, 'toSlaughter')
  yield* move(scribe, { from: farm, to: data.slaughterhouse, leaves, takes: 75, load, note: `PS-${lot}` })

  const carcass = tenth(live * data.carcassShare)
  const byproduct = tenth(live * data.byproductShare)
  yield scribe.write('transformation', data.slaughterhouse, time(0, 'killed'), {
    step: 'killing',
    disposition: 'in_progress',
    inputs: load,
    outputs: {
      amounts: [
        kilograms(city, 'carcass', lot, carcass),
        kilograms(city, 'pig-byproduct', lot, byproduct),
        kilograms(city, 'slaughter-loss', lot, live - carcass - byproduct),
      ],
    },
    ilmd: { 'cbvmda:lotNumber': lot, 'cbvmda:productionDate': dateText(time(0, 'killed'), city.zone) },
  })
  const sides = { amounts: [kilograms(city, 'carcass', lot, carcass)] }
  const stamp = scribe.paper(data.slaughterhouse, 'meatInspection', `M${lot}`)
  yield scribe.write('object', data.slaughterhouse, time(1, 'inspected'), {
    step: 'inspecting',
    disposition: 'conformant',
    ...sides,
    certificates: [stamp],
    papers: [{ type: 'cert', bizTransaction: stamp }],
  })
  const out = { from: data.slaughterhouse, to: data.cuttingPlant, leaves: time(1, 'toCutting'), takes: 25 }
  yield* move(scribe, { ...out, load: sides, note: `SC-${lot}`, certificates: [stamp] })
}

/** Cutting, crates to the market and back; on some days part of it goes to the sausage plant. */
function* cutUp(scribe: Scribe, batch: Batch): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.pork
  const { lot, time } = batch
  const carcass = tenth(batch.live * data.carcassShare)
  const loss = carcass - batch.cuts.reduce((sum, cut) => sum + cut.kg, 0)
  yield scribe.write('transformation', data.cuttingPlant, time(1, 'cut'), {
    step: 'creating_class_instance',
    disposition: 'in_progress',
    inputs: { amounts: [kilograms(city, 'carcass', lot, carcass)] },
    outputs: {
      amounts: [
        ...batch.cuts.map(cut => kilograms(city, cut.product, lot, cut.kg)),
        kilograms(city, 'cutting-loss', lot, loss),
      ],
    },
    ilmd: { 'cbvmda:lotNumber': lot, 'cbvmda:productionDate': dateText(time(1, 'cut'), city.zone) },
  })
  if (data.sausage.batches.includes(batch.index)) yield* makeSausage(scribe, batch)
  const crates = [0, 1].map(i => crateOf(city, batch.index * 2 + i))
  const inside = (crate: number) => ({
    amounts: forMarket(city, batch)
      .filter(cut => cut.crate === crate)
      .map(cut => kilograms(city, cut.product, lot, cut.kg)),
  })
  for (const [i, crate] of crates.entries())
    yield pack(scribe, data.cuttingPlant, time(1, 'packed') + minutes(6 * i), crate, inside(i))
  const trip = { from: data.cuttingPlant, to: data.market, leaves: time(1, 'toMarket'), takes: 50 }
  yield* move(scribe, { ...trip, load: { epcs: crates }, note: `CM-${lot}` })
  for (const [i, crate] of crates.entries())
    yield unpack(scribe, data.market, time(1, 'unpacked') + minutes(4 * i), crate, inside(i))
  const back = { from: data.market, to: data.cuttingPlant, leaves: time(2, 'cratesBack'), takes: 60, sold: false }
  yield* move(scribe, { ...back, load: { epcs: crates }, note: `CR-${lot}` })
}

/** What is left for the market after the sausage plant took its part. */
function forMarket(city: DemoCity, batch: Batch): Batch['cuts'] {
  const { sausage } = city.stories.pork
  if (!sausage.batches.includes(batch.index)) return batch.cuts
  return batch.cuts
    .filter(cut => cut.product !== 'trim')
    .map(cut => (cut.product === 'belly' ? { ...cut, kg: tenth(cut.kg - sausage.bellyKg) } : cut))
}

function* makeSausage(scribe: Scribe, batch: Batch): Generator<DemoRecord> {
  const { city } = scribe
  const { sausage, cuttingPlant } = city.stories.pork
  const { lot, time } = batch
  const trim = batch.cuts.find(cut => cut.product === 'trim')?.kg ?? 0
  const meat = [kilograms(city, 'belly', lot, sausage.bellyKg), kilograms(city, 'trim', lot, trim)]
  const trip = { from: cuttingPlant, to: sausage.plant, leaves: time(1, 'toMarket') - minutes(25), takes: 95 }
  yield* move(scribe, { ...trip, load: { amounts: meat }, note: `CS-${lot}` })
  const kg = sausage.bellyKg + trim
  const bags = Math.floor((kg * (1 - sausage.dryShare)) / sausage.bagKg)
  yield scribe.write('transformation', sausage.plant, time(3, 'sausageMade'), {
    step: 'creating_class_instance',
    disposition: 'in_progress',
    inputs: { amounts: meat },
    outputs: {
      amounts: [pieces(city, 'sausage', lot, bags), kilograms(city, 'sausage-loss', lot, kg - bags * sausage.bagKg)],
    },
    ilmd: { 'cbvmda:lotNumber': lot, 'cbvmda:productionDate': dateText(time(3, 'sausageMade'), city.zone) },
  })
  const load = { amounts: [pieces(city, 'sausage', lot, bags)] }
  yield* move(scribe, {
    ...{ from: sausage.plant, to: sausage.store, leaves: time(5, 'sausageOut'), takes: 110 },
    ...{ load, note: `SS-${lot}` },
  })
  for (const day of [6, 7, 8])
    yield sell(scribe, sausage.store, time(day, 'firstSale'), {
      amounts: [pieces(city, 'sausage', lot, Math.floor(bags / 4))],
    })
}

/** The market sells to three shops, and these to people: with one wrong record, one dispute and one sale too many. */
function* sellOn(scribe: Scribe, batch: Batch): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.pork
  const { lot, time, index } = batch
  const portions = forMarket(city, batch).map(cut => ({ ...cut, portions: parts(cut.kg * 0.96, data.shops.length) }))
  for (const [n, shop] of data.shops.entries()) {
    const goods = portions.map(cut => ({ product: cut.product, kg: cut.portions[n] ?? 0 }))
    const amounts = goods.map(good => kilograms(city, good.product, lot, good.kg))
    const leaves = time(1, 'toShops') + minutes(18 * n)
    const trip = { from: data.market, to: shop, leaves, takes: 40, load: { amounts }, note: `MS-${lot}-${n + 1}` }
    const sent = ship(scribe, trip)
    yield sent
    if (index === data.dispute.batch && n === data.dispute.shop) {
      const claim = { reporter: shop, at: leaves + minutes(600), reason: 'did_not_occur', corrective: [] }
      yield declareWrong(city, sent, claim)
    }
    const got = receive(scribe, trip)
    if (index === data.correction.batch && n === data.correction.shop) {
      const { product, factor } = data.correction
      const wrong = amounts.map(amount =>
        amount.epcClass === lotOf(city, product, lot)
          ? { ...amount, quantity: tenth((amount.quantity ?? 0) * factor) }
          : amount,
      )
      const event = { ...got.event, quantityList: wrong }
      yield* corrected(city, { ...got, event }, got.at + minutes(200), { quantityList: got.event.quantityList ?? [] })
    } else yield got
    const tooMuch = index === data.oversold.batch && n === data.oversold.shop
    for (const [day, name] of [
      [1, 'firstSale'],
      [2, 'secondSale'],
    ] as const) {
      const sold = goods.map(good => {
        const factor = tooMuch && good.product === data.oversold.product ? data.oversold.factor : day === 1 ? 0.6 : 0.35
        return kilograms(city, good.product, lot, good.kg * factor)
      })
      yield sell(scribe, shop, time(day, name) + minutes(11 * n), { amounts: sold })
    }
  }
}
