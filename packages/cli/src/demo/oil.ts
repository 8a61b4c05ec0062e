import { type DemoCity, partyOf } from './city.ts'
import { dateText, days, minutes, timeAt } from './clock.ts'
import { logisticLink } from './codes.ts'
import { kilograms, lotOf, pieces, type Told, tenth, turn } from './lots.ts'
import { move, pack, sell, unpack } from './movement.ts'
import { type DemoRecord, type Scribe, scribe } from './scribe.ts'

type Data = DemoCity['stories']['oil']
type Run = Data['runs'][number]
type Bottling = Run['bottlings'][number]
type Time = (plusDays: number, name: keyof Data['times']) => number

/** Raw oil of three presses is blended in one tank and filled in two bottlings; cartons on pallets go to the shops. */
export function oilStory(city: DemoCity): Told {
  const data = city.stories.oil
  const scribes = scribe(city, 'oil', count => count % 4 !== 3)
  const told: Told = { records: [], units: {} }
  for (const [runIndex, run] of data.runs.entries()) {
    const time: Time = (plus, name) => timeAt(run.date, plus, data.times[name], city.zone)
    told.records.push(...blend(scribes, run, time))
    for (const [index, bottling] of run.bottlings.entries()) {
      told.records.push(...bottle(scribes, run, bottling, index, time))
      told.records.push(...distribute(scribes, runIndex, index, time))
    }
    if (runIndex > 0) continue
    told.units.bottle = lotOf(city, 'oil-bottle', bottleLot(run, 0))
    told.units.otherBottle = lotOf(city, 'oil-bottle', bottleLot(run, 1))
    const raw = turn(run.raw, 0)
    told.units.raw = lotOf(city, raw.product, `${run.code}R1`)
    told.units.pallet = container(city, palletNumber(0, 0, 0))
  }
  return told
}

const bottleLot = (run: Run, index: number): string => `${run.code}${index === 0 ? 'A' : 'B'}`
const cartonNumber = (run: number, bottling: number, carton: number): number =>
  10_000 + run * 2000 + bottling * 1000 + carton
const palletNumber = (run: number, bottling: number, pallet: number): number => 900 + run * 40 + bottling * 20 + pallet
const container = (city: DemoCity, serial: number): string =>
  logisticLink(partyOf(city, city.stories.oil.plant).prefix, serial)

function* blend(scribe: Scribe, run: Run, time: Time): Generator<DemoRecord> {
  const { city } = scribe
  const { plant } = city.stories.oil
  const tank = `${plant}/tank`
  const inputs = run.raw.map((raw, i) => kilograms(city, raw.product, `${run.code}R${i + 1}`, raw.kg))
  for (const [i, raw] of run.raw.entries()) {
    const amounts = inputs.slice(i, i + 1)
    const lot = `${run.code}R${i + 1}`
    const pressed = time(i, 'pressed')
    yield scribe.write('object', raw.press, pressed, {
      action: 'ADD',
      step: 'commissioning',
      disposition: 'active',
      amounts,
      ilmd: { 'cbvmda:lotNumber': lot, 'cbvmda:productionDate': dateText(pressed, city.zone) },
    })
    const note = `OR-${lot}`
    yield* move(scribe, {
      from: raw.press,
      to: tank,
      leaves: time(3, 'toPlant') + minutes(70 * i),
      takes: 60,
      load: { amounts },
      note,
    })
  }
  const total = run.raw.reduce((sum, raw) => sum + raw.kg, 0)
  const lot = `${run.code}T`
  yield scribe.write('transformation', tank, time(4, 'blended'), {
    step: 'creating_class_instance',
    disposition: 'in_progress',
    inputs: { amounts: inputs },
    outputs: {
      amounts: [
        kilograms(city, 'tank-oil', lot, total - run.blendLossKg),
        kilograms(city, 'oil-loss', lot, run.blendLossKg),
      ],
    },
    ilmd: { 'cbvmda:lotNumber': lot, 'cbvmda:productionDate': dateText(time(4, 'blended'), city.zone) },
  })
  const report = scribe.paper(plant, 'testReport', `T${lot}`)
  yield scribe.write('object', tank, time(5, 'tested'), {
    step: 'inspecting',
    disposition: 'conformant',
    amounts: [kilograms(city, 'tank-oil', lot, total - run.blendLossKg)],
    papers: [{ type: 'testres', bizTransaction: report }],
    certificates: [report],
  })
}

/** One filling from the tank: bottles, what was lost, cartons, pallets. */
function* bottle(scribe: Scribe, run: Run, bottling: Bottling, index: number, time: Time): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.oil
  const line = `${data.plant}/line`
  const runIndex = data.runs.indexOf(run)
  const lot = bottleLot(run, index)
  const bottles = bottling.cartons * data.bottlesPerCarton
  const filled = time(6 + index * 2, 'bottled')
  yield scribe.write('transformation', line, filled, {
    step: 'creating_class_instance',
    disposition: 'in_progress',
    inputs: { amounts: [kilograms(city, 'tank-oil', `${run.code}T`, bottling.kg)] },
    outputs: {
      amounts: [
        pieces(city, 'oil-bottle', lot, bottles),
        kilograms(city, 'oil-loss', lot, tenth(bottling.kg - bottles * data.bottleKg)),
      ],
    },
    ilmd: {
      'cbvmda:lotNumber': lot,
      'cbvmda:productionDate': dateText(filled, city.zone),
      'cbvmda:itemExpirationDate': dateText(filled + days(city.products.get('oil-bottle')?.shelfDays ?? 0), city.zone),
      'cbvmda:netWeight': [{ 'cbvmda:measurement': String(data.bottleKg), 'cbvmda:measurementUnitCode': 'KGM' }],
    },
  })
  const packed = time(7 + index * 2, 'packed')
  for (let carton = 0; carton < bottling.cartons; carton++) {
    const load = { amounts: [pieces(city, 'oil-bottle', lot, data.bottlesPerCarton)] }
    yield pack(scribe, line, packed + minutes(2 * carton), container(city, cartonNumber(runIndex, index, carton)), load)
  }
  for (const [pallet, cartons] of palletsOf(bottling).entries()) {
    const epcs = cartons.map(carton => container(city, cartonNumber(runIndex, index, carton)))
    const parent = container(city, palletNumber(runIndex, index, pallet))
    yield pack(scribe, line, packed + minutes(2 * bottling.cartons + 10 + 6 * pallet), parent, { epcs })
  }
}

/** Carton numbers by pallet. */
function palletsOf(bottling: Bottling): number[][] {
  const pallets: number[][] = []
  for (let carton = 0; carton < bottling.cartons; carton++) {
    const pallet = Math.floor(carton / bottling.cartonsPerPallet)
    const cartons = pallets[pallet] ?? []
    cartons.push(carton)
    pallets[pallet] = cartons
  }
  return pallets
}

/** Each pallet goes to one shop, which opens it and some cartons, and sells bottles. */
function* distribute(scribe: Scribe, runIndex: number, index: number, time: Time): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.oil
  const run = turn(data.runs, runIndex)
  const bottling = turn(run.bottlings, index)
  const line = `${data.plant}/line`
  const lot = bottleLot(run, index)
  for (const [number, cartons] of palletsOf(bottling).entries()) {
    const pallet = container(city, palletNumber(runIndex, index, number))
    const store = turn(bottling.stores, number)
    const day = 9 + index * 2 + number
    const trip = { from: line, to: store, leaves: time(day, 'toStores'), takes: 65 }
    yield* move(scribe, { ...trip, load: { epcs: [pallet] }, note: `OS-${lot}-${number + 1}` })
    yield unpack(scribe, store, time(day, 'unpacked'), pallet)
    for (const [i, carton] of cartons.slice(0, data.cartonsOpened).entries()) {
      const parent = container(city, cartonNumber(runIndex, index, carton))
      yield unpack(scribe, store, time(day, 'unpacked') + minutes(5 + 2 * i), parent)
    }
    for (const [i, count] of data.sales.entries()) {
      yield sell(scribe, store, time(day + 1 + i, 'sold') + minutes(index * 7), {
        amounts: [pieces(city, 'oil-bottle', lot, count)],
      })
    }
  }
}
