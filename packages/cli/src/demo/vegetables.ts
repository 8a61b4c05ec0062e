import type { DemoCity } from './city.ts'
import { dateText, days, lotDate, minutes, timeAt } from './clock.ts'
import { kilograms, lotOf, type Told, tenth, turn } from './lots.ts'
import { move } from './movement.ts'
import { between, randomFrom } from './random.ts'
import { type DemoRecord, type Scribe, scribe } from './scribe.ts'

interface Harvest {
  lot: string
  coop: string
  canteen: string
  crop: DemoCity['stories']['vegetables']['crops'][number]
  raw: string
  clean: string
  dish: string
  dishLoss: string
  kg: number
  washed: number
  time: (plusDays: number, name: keyof DemoCity['stories']['vegetables']['times']) => number
}

/** Vegetables with a grower's certificate from plot to canteen: six steps by five parties. */
export function vegetableStory(city: DemoCity): Told {
  const { batches, sisters, shown } = city.stories.vegetables
  const scribes = scribe(city, 'vegetables', count => count % 3 !== 2)
  const told: Told = { records: [], units: {} }
  for (let index = 0; index < batches; index++) {
    const harvest = harvestOf(city, index, '')
    told.records.push(...plotToCanteen(scribes, harvest))
    if (index === shown) {
      told.units.dish = lotOf(city, harvest.dish, harvest.lot)
      told.units.vegetable = lotOf(city, harvest.clean, harvest.lot)
    }
    for (const sister of sisters.filter(entry => entry.batch === index)) {
      const twin = harvestOf(city, index, 'B')
      told.records.push(...[...plotToCanteen(scribes, twin)].filter(record => record.reporter !== sister.missing))
      told.units[sister.unit] = lotOf(city, twin.dish, twin.lot)
    }
  }
  return told
}

function harvestOf(city: DemoCity, index: number, suffix: string): Harvest {
  const data = city.stories.vegetables
  const random = randomFrom(`${city.seed}/vegetables/${index}${suffix}`)
  const coopIndex = index % data.coops.length
  const canteenIndex = index % data.canteens.length
  const crop = turn(data.crops, index)
  // A twin batch runs half an hour behind, so that nothing of both stands at the same instant.
  const shift = suffix ? minutes(30) : 0
  const time: Harvest['time'] = (plus, name) =>
    timeAt(data.first, index * data.everyDays + plus, data.times[name], city.zone) + shift
  const kg = between(random, crop.kg.low, crop.kg.high)
  return {
    lot: `V${lotDate(time(0, 'harvested'), city.zone)}${suffix}`,
    coop: turn(data.coops, coopIndex),
    canteen: turn(data.canteens, canteenIndex),
    crop,
    raw: `${crop.name}-raw-${coopIndex + 1}`,
    clean: `${crop.name}-clean`,
    dish: `dish-${canteenIndex + 1}`,
    dishLoss: `dish-loss-${canteenIndex + 1}`,
    kg,
    washed: tenth(kg * (1 - data.trimShare)),
    time,
  }
}

function* plotToCanteen(scribe: Scribe, harvest: Harvest): Generator<DemoRecord> {
  yield* grow(scribe, harvest)
  yield* prepare(scribe, harvest)
  yield* deliver(scribe, harvest)
  yield* cook(scribe, harvest)
}

/** Sowing, field work, the grower's own test, harvest with the certificate (承诺达标合格证). */
function* grow(scribe: Scribe, harvest: Harvest): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.vegetables
  const { coop, raw, lot, crop, kg, time } = harvest
  const plot = [{ epcClass: lotOf(city, raw, lot) }]
  const sown = time(0, 'planted') - days(crop.growDays)
  yield scribe.write('object', coop, sown, {
    action: 'ADD',
    step: data.planting,
    amounts: plot,
    ilmd: { 'cbvmda:lotNumber': lot, 'yuanliu:growingMethod': crop.field.zh, 'yuanliu:growingMethodEn': crop.field.en },
  })
  const tended = time(0, 'fieldWork') - days(Math.floor(crop.growDays / 2))
  yield scribe.write('object', coop, tended, { step: data.fieldWork, amounts: plot })
  const tested = scribe.paper(coop, 'testReport', `T${lot}`)
  yield scribe.write('object', coop, time(-1, 'tested'), {
    step: 'inspecting',
    disposition: 'conformant',
    amounts: plot,
    papers: [{ type: 'testres', bizTransaction: tested }],
  })
  const certificate = scribe.paper(coop, 'growerCertificate', `H${lot}`)
  const date = dateText(time(0, 'harvested'), city.zone)
  yield scribe.write('object', coop, time(0, 'harvested'), {
    action: 'ADD',
    step: 'commissioning',
    disposition: 'active',
    amounts: [kilograms(city, raw, lot, kg)],
    certificates: [certificate],
    papers: [{ type: 'cert', bizTransaction: certificate }],
    ilmd: {
      'cbvmda:lotNumber': lot,
      'cbvmda:harvestStartDate': date,
      'cbvmda:harvestEndDate': date,
      'cbvmda:countryOfOrigin': city.countryCode,
    },
  })
}

function* prepare(scribe: Scribe, harvest: Harvest): Generator<DemoRecord> {
  const { city } = scribe
  const { packhouse, market } = city.stories.vegetables
  const { coop, raw, clean, lot, kg, washed, time } = harvest
  const crop = { amounts: [kilograms(city, raw, lot, kg)] }
  const certificates = [scribe.paper(coop, 'growerCertificate', `H${lot}`)]
  const first = { from: coop, to: packhouse, leaves: time(0, 'toPackhouse'), takes: 35 }
  yield* move(scribe, { ...first, load: crop, certificates, note: `VP-${lot}` })
  const output = kilograms(city, clean, lot, washed)
  yield scribe.write('transformation', packhouse, time(0, 'packed'), {
    step: 'creating_class_instance',
    disposition: 'in_progress',
    inputs: crop,
    outputs: { amounts: [output, kilograms(city, 'veg-loss', lot, kg - washed)] },
    ilmd: { 'cbvmda:lotNumber': lot, 'cbvmda:packagingDate': dateText(time(0, 'packed'), city.zone) },
  })
  const second = { from: packhouse, to: market, leaves: time(0, 'toMarket'), takes: 70 }
  yield* move(scribe, { ...second, load: { amounts: [output] }, certificates, note: `VM-${lot}` })
}

function* deliver(scribe: Scribe, harvest: Harvest): Generator<DemoRecord> {
  const { city } = scribe
  const { market, delivery } = city.stories.vegetables
  const { clean, lot, washed, canteen, time } = harvest
  const load = { amounts: [kilograms(city, clean, lot, washed)] }
  yield scribe.write('object', market, time(0, 'stored'), {
    step: 'storing',
    disposition: 'sellable_accessible',
    ...load,
  })
  const third = { from: market, to: delivery, leaves: time(1, 'toDelivery'), takes: 45 }
  yield* move(scribe, { ...third, load, note: `VD-${lot}` })
  const fourth = { from: delivery, to: canteen, leaves: time(1, 'toCanteen'), takes: 40 }
  yield* move(scribe, { ...fourth, load, note: `VC-${lot}` })
}

/** The canteen checks, cooks, and keeps a sample of the dish. */
function* cook(scribe: Scribe, harvest: Harvest): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.vegetables
  const { clean, lot, washed, canteen, dish, dishLoss, time } = harvest
  const load = { amounts: [kilograms(city, clean, lot, washed)] }
  yield scribe.write('object', canteen, time(1, 'checked'), { step: 'inspecting', disposition: 'conformant', ...load })
  const cooked = tenth(washed * (1 - data.cookShare))
  const meal = kilograms(city, dish, lot, cooked)
  yield scribe.write('transformation', canteen, time(1, 'cooked'), {
    step: 'creating_class_instance',
    disposition: 'in_progress',
    inputs: load,
    outputs: { amounts: [meal, kilograms(city, dishLoss, lot, washed - cooked)] },
    ilmd: { 'cbvmda:lotNumber': lot, 'cbvmda:productionDate': dateText(time(1, 'cooked'), city.zone) },
  })
  yield scribe.write('object', canteen, time(1, 'served'), {
    step: 'dispensing',
    disposition: 'dispensed',
    amounts: [meal],
  })
}
