import { type DemoCity, partyOf, productOf } from './city.ts'
import { days, minutes, timeAt } from './clock.ts'
import { assetLink, itemLink } from './codes.ts'
import type { Told } from './lots.ts'
import { move } from './movement.ts'
import { type DemoRecord, type Saying, type Scribe, scribe } from './scribe.ts'

type Data = DemoCity['stories']['elevators']
type Elevator = Data['elevators'][number]
type Time = (date: string, name: keyof Data['times'], plusDays?: number) => number

interface Life {
  elevator: Elevator
  car: string
  /** the owner's number for the elevator in the building */
  asset: string
  time: Time
}

/** Elevators from the component plant through installation, inspections and repairs to modernisation. */
export function elevatorStory(city: DemoCity): Told {
  const data = city.stories.elevators
  const scribes = scribe(city, 'elevators', count => count % 6 !== 5)
  const told: Told = { records: [], units: {} }
  const time: Time = (date, name, plus = 0) => timeAt(date, plus, data.times[name], city.zone)
  for (const [index, elevator] of data.elevators.entries()) {
    const car = itemLink(productOf(city, 'elevator').gtin, elevator.serial)
    const asset = assetLink(partyOf(city, data.owner).prefix, `LIFT${index + 1}`)
    const life = { elevator, car, asset, time }
    told.records.push(...build(scribes, life), ...install(scribes, life), ...keep(scribes, life))
    for (const work of elevator.works) told.records.push(...workOn(scribes, life, work))
    if (index > 0) continue
    told.units.elevator = car
    told.units.asset = asset
    const replaced = elevator.works.find(work => work.kind === 'replace')
    if (replaced) told.units.oldPart = partCode(city, elevator, replaced.part, false)
  }
  return told
}

function partCode(city: DemoCity, elevator: Elevator, part: string, renewed: boolean): string {
  const number = city.stories.elevators.parts.indexOf(part) + 1
  return itemLink(productOf(city, part).gtin, `${elevator.serial}-${number}${renewed ? 'R' : ''}`)
}

function* build(scribe: Scribe, life: Life): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.elevators
  const { elevator, car, time } = life
  const parts = data.parts.map(part => partCode(city, elevator, part, false))
  const note = `LB-${elevator.serial}`
  yield* makeParts(scribe, parts, time(elevator.made, 'made', -20))
  const trip = { from: data.partMaker, to: data.maker, leaves: time(elevator.made, 'out', -15), takes: 180 }
  yield* move(scribe, { ...trip, load: { epcs: parts }, note })
  yield scribe.write('object', data.maker, time(elevator.made, 'made'), {
    action: 'ADD',
    step: 'commissioning',
    disposition: 'active',
    epcs: [car],
    ilmd: { 'cbvmda:productionDate': elevator.made, 'yuanliu:ratedLoadKg': 1000, 'yuanliu:stops': 18 },
  })
  const assembled = { action: 'ADD', step: 'assembling', disposition: 'in_progress', parent: car, epcs: parts } as const
  yield scribe.write('association', data.maker, time(elevator.made, 'assembled'), assembled)
  yield inspect(scribe, life, data.maker, time(elevator.made, 'typeTested', 3), 'equipmentTypeTest', 'T')
}

function makeParts(scribe: Scribe, epcs: string[], at: number): DemoRecord[] {
  const saying = { action: 'ADD', step: 'commissioning', disposition: 'active', epcs } as const
  return [scribe.write('object', scribe.city.stories.elevators.partMaker, at, saying)]
}

/** An inspection by the inspectorate, with its report. */
function inspect(scribe: Scribe, life: Life, place: string, at: number, kind: string, mark: string): DemoRecord {
  const { inspectorate } = scribe.city.stories.elevators
  const report = scribe.paper(inspectorate, kind, `${life.elevator.serial}-${mark}`)
  return scribe.write('object', place, at, {
    by: inspectorate,
    step: 'inspecting',
    disposition: 'conformant',
    epcs: [life.car],
    certificates: [report],
    papers: [{ type: 'cert', bizTransaction: report }],
  })
}

function* install(scribe: Scribe, life: Life): Generator<DemoRecord> {
  const data = scribe.city.stories.elevators
  const { elevator, car, asset, time } = life
  const note = `LS-${elevator.serial}`
  const trip = { from: data.maker, to: elevator.site, leaves: time(elevator.made, 'toSite', 10), takes: 150 }
  yield* move(scribe, { ...trip, load: { epcs: [car] }, note })
  yield scribe.write('association', elevator.site, time(elevator.made, 'installed', 24), {
    by: data.service,
    action: 'ADD',
    step: 'installing',
    disposition: 'in_progress',
    parent: asset,
    epcs: [car],
  })
  yield inspect(scribe, life, elevator.site, time(elevator.made, 'inspected', 31), 'equipmentInspection', '0')
}

/** Yearly inspection and half-monthly upkeep. */
function* keep(scribe: Scribe, life: Life): Generator<DemoRecord> {
  const data = scribe.city.stories.elevators
  const { elevator, car, time } = life
  for (const [n, date] of elevator.yearly.entries())
    yield inspect(scribe, life, elevator.site, time(date, 'inspected'), 'equipmentInspection', String(n + 1))
  const { first, everyDays, count } = elevator.upkeep
  for (let n = 0; n < count; n++) {
    yield scribe.write('object', elevator.site, time(first, 'upkeep') + days(n * everyDays), {
      by: data.service,
      step: 'inspecting',
      disposition: 'conformant',
      epcs: [car],
      extra: { 'yuanliu:note': '半月维护保养', 'yuanliu:noteEn': 'half-monthly upkeep' },
    })
  }
}

/** A repair, or the replacement of a part: the old one leaves the elevator, the new one joins it. */
function* workOn(scribe: Scribe, life: Life, work: Elevator['works'][number]): Generator<DemoRecord> {
  const { city } = scribe
  const data = city.stories.elevators
  const { elevator, car, time } = life
  const at = time(work.date, 'work')
  const extra = { 'yuanliu:note': work.note.zh, 'yuanliu:noteEn': work.note.en }
  const old = partCode(city, elevator, work.part, false)
  const by = data.service
  if (work.kind === 'repair') {
    const saying = { by, step: 'repairing', disposition: 'in_progress', epcs: [car, old], extra }
    yield scribe.write('object', elevator.site, at, saying)
    return
  }
  const renewed = partCode(city, elevator, work.part, true)
  yield* makeParts(scribe, [renewed], at - days(12))
  const trip = { from: data.partMaker, to: data.service, leaves: time(work.date, 'out', -8), takes: 120 }
  yield* move(scribe, { ...trip, load: { epcs: [renewed] }, note: `LP-${elevator.serial}-${work.part}` })
  const out: Saying = {
    by,
    action: 'DELETE',
    step: 'removing',
    disposition: 'needs_replacement',
    parent: car,
    epcs: [old],
  }
  yield scribe.write('association', elevator.site, at, { ...out, extra })
  const join: Saying = {
    by,
    action: 'ADD',
    step: 'replacing',
    disposition: 'in_progress',
    parent: car,
    epcs: [renewed],
  }
  yield scribe.write('association', elevator.site, at + minutes(70), { ...join, extra })
  const scrap: Saying = { action: 'DELETE', step: 'decommissioning', disposition: 'disposed', epcs: [old] }
  // The part was the owner's; the owner has it scrapped.
  yield scribe.write('object', elevator.site, at + days(2), scrap)
  if (work.kind === 'modernise')
    yield inspect(
      scribe,
      life,
      elevator.site,
      at + days(4),
      'equipmentInspection',
      `M${work.date.slice(2).replaceAll('-', '')}`,
    )
}
