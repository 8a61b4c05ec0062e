import { type DemoCity, partyOf, productOf } from './city.ts'
import { dateText, days, lotDate, minutes, timeAt, timeText } from './clock.ts'
import { assetLink, crateLink, itemLink } from './codes.ts'
import { lotOf, type Told, turn } from './lots.ts'
import { pack, receive, ship, unpack } from './movement.ts'
import { between, randomFrom } from './random.ts'
import { type DemoEvent, type DemoRecord, type Json, type Scribe, scribe } from './scribe.ts'

type Data = DemoCity['stories']['vaccine']

interface Batch {
  index: number
  lot: string
  vials: string[]
  clinic: string
  /** cool boxes on the way to the disease control centre and on to the clinic */
  boxes: [string, string]
  excursion: boolean
  random: () => number
  time: (plusDays: number, name: keyof Data['times']) => number
}

/** Vaccine in cool boxes with temperature readings; one batch gets warm on the way and is destroyed. */
export function vaccineStory(city: DemoCity): Told {
  const data = city.stories.vaccine
  const scribes = scribe(city, 'vaccine', count => count % 5 !== 4)
  const told: Told = { records: [], units: {} }
  for (let index = 0; index < data.batches; index++) {
    const batch = batchOf(city, index)
    told.records.push(...make(scribes, batch), ...transport(scribes, batch))
    told.records.push(...(batch.excursion ? reject(scribes, batch) : vaccinate(scribes, batch)))
    if (index === 0) told.units.vial = turn(batch.vials, 0)
    if (!batch.excursion) continue
    told.units.warmVial = turn(batch.vials, 0)
    told.units.warmLot = lotOf(city, 'vaccine', batch.lot)
  }
  return told
}

function batchOf(city: DemoCity, index: number): Batch {
  const data = city.stories.vaccine
  const time: Batch['time'] = (plus, name) =>
    timeAt(data.first, index * data.everyDays + plus, data.times[name], city.zone)
  const box = (n: number) => {
    const serial = `COOL${String((n % data.boxes.count) + 1).padStart(2, '0')}`
    return crateLink(partyOf(city, data.carrier).prefix, data.boxes.type, serial)
  }
  const random = randomFrom(`${city.seed}/vaccine/${index}`)
  const { gtin } = productOf(city, 'vaccine')
  return {
    index,
    lot: `LM${lotDate(time(0, 'made'), city.zone)}`,
    vials: Array.from({ length: data.vialsPerBox }, (_, i) =>
      itemLink(
        gtin,
        `${index + 1}${String(i + 1).padStart(3, '0')}${String(Math.floor(random() * 1e8)).padStart(8, '0')}`,
      ),
    ),
    clinic: turn(data.clinics, index),
    boxes: [box(index * 2), box(index * 2 + 1)],
    excursion: index === data.excursion.batch,
    random,
    time,
  }
}

function* make(scribe: Scribe, batch: Batch): Generator<DemoRecord> {
  const { city } = scribe
  const { maker } = city.stories.vaccine
  const made = batch.time(0, 'made')
  yield scribe.write('object', maker, made, {
    action: 'ADD',
    step: 'commissioning',
    disposition: 'active',
    epcs: batch.vials,
    ilmd: {
      'cbvmda:lotNumber': batch.lot,
      'cbvmda:productionDate': dateText(made, city.zone),
      'cbvmda:itemExpirationDate': dateText(made + days(productOf(city, 'vaccine').shelfDays ?? 0), city.zone),
    },
  })
  const release = scribe.paper(maker, 'testReport', `R${batch.lot}`)
  yield scribe.write('object', maker, batch.time(1, 'examined'), {
    step: 'inspecting',
    disposition: 'conformant',
    epcs: batch.vials,
    certificates: [release],
    papers: [{ type: 'testres', bizTransaction: release }],
  })
}

/** One reading of a logger. The limits stand in the story; a value outside them bears an alarm (CBV 2.0 §7.10). */
function reading(scribe: Scribe, at: number, celsius: number, device: string, batch: Batch): Json {
  const { city } = scribe
  const { limits } = city.stories.vaccine
  const alarm: DemoEvent = celsius > limits.high || celsius < limits.low ? { exception: 'ALARM_CONDITION' } : {}
  return {
    sensorMetadata: { time: timeText(at, city.zone), deviceID: device },
    sensorReport: [
      { type: 'Temperature', ...alarm, value: celsius, uom: 'CEL' },
      { type: 'RelativeHumidity', value: between(batch.random, 38, 62), uom: 'P1' },
    ],
  }
}

/** Tenths of a degree within the normal range. */
function normal(data: Data, batch: Batch): number {
  return between(batch.random, data.normal.low * 10, data.normal.high * 10) / 10
}

function* transport(scribe: Scribe, batch: Batch): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.vaccine
  const { time, lot } = batch
  const [box] = batch.boxes
  const device = assetLink(partyOf(city, data.carrier).prefix, `LOGGER${(batch.index % 3) + 1}`)
  const leaves = time(2, 'out')
  const takes = (data.readings + 1) * data.readingEveryMinutes
  yield pack(scribe, data.maker, time(2, 'packed'), box, { epcs: batch.vials })
  const trip = { from: data.maker, to: data.cdc, leaves, takes, load: { epcs: [box] }, note: `YC-${lot}` }
  yield ship(scribe, trip)
  for (let n = 0; n < data.readings; n++) {
    const at = leaves + minutes(data.readingEveryMinutes * (n + 1))
    const warm = batch.excursion && n === data.excursion.reading
    yield scribe.write('object', data.carrier, at, {
      step: 'sensor_reporting',
      disposition: 'in_transit',
      leaving: true,
      epcs: [box],
      sensors: [reading(scribe, at, warm ? data.excursion.celsius : normal(data, batch), device, batch)],
    })
  }
  yield receive(scribe, trip)
  yield unpack(scribe, data.cdc, leaves + minutes(takes + 20), box)
}

/** The warm batch: held, examined, destroyed. */
function* reject(scribe: Scribe, batch: Batch): Generator<DemoRecord> {
  const { cdc } = scribe.city.stories.vaccine
  const epcs = batch.vials
  const { time } = batch
  yield scribe.write('object', cdc, time(2, 'stored'), { step: 'holding', disposition: 'non_sellable_other', epcs })
  yield scribe.write('object', cdc, time(3, 'examined'), { step: 'inspecting', disposition: 'non_conformant', epcs })
  const destroyed = { action: 'DELETE', step: 'destroying', disposition: 'destroyed', epcs } as const
  yield scribe.write('object', cdc, time(6, 'destroyed'), destroyed)
}

/** Cold room with daily readings, then a cool box to the clinic and the sessions there. */
function* vaccinate(scribe: Scribe, batch: Batch): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.vaccine
  const { time, vials, clinic, lot } = batch
  const [, box] = batch.boxes
  const device = assetLink(partyOf(city, data.cdc).prefix, 'ROOM1')
  yield scribe.write('object', data.cdc, time(2, 'stored'), {
    step: 'storing',
    disposition: 'in_progress',
    epcs: vials,
  })
  for (let n = 0; n < data.storageReadings; n++) {
    const at = time(3 + n, 'stored')
    const sensors = [reading(scribe, at, normal(data, batch), device, batch)]
    yield scribe.write('object', data.cdc, at, { step: 'sensor_reporting', epcs: vials, sensors })
  }
  const day = 3 + data.storageReadings
  yield pack(scribe, data.cdc, time(day, 'repacked'), box, { epcs: vials })
  const trip = { from: data.cdc, to: clinic, leaves: time(day, 'toClinic'), takes: 75 }
  const load = { epcs: [box] }
  yield ship(scribe, { ...trip, load, note: `YZ-${lot}` })
  const at = trip.leaves + minutes(40)
  const logger = assetLink(partyOf(city, data.carrier).prefix, 'LOGGER9')
  yield scribe.write('object', data.carrier, at, {
    ...{ step: 'sensor_reporting', disposition: 'in_transit', leaving: true, epcs: [box] },
    sensors: [reading(scribe, at, normal(data, batch), logger, batch)],
  })
  yield receive(scribe, { ...trip, load, note: `YZ-${lot}` })
  yield unpack(scribe, clinic, trip.leaves + minutes(95), box)
  for (let n = 0; n * data.dosesPerSession < vials.length; n++) {
    const epcs = vials.slice(n * data.dosesPerSession, (n + 1) * data.dosesPerSession)
    yield scribe.write('object', clinic, time(day + 1 + n, 'session'), {
      step: 'dispensing',
      disposition: 'dispensed',
      epcs,
    })
  }
}
