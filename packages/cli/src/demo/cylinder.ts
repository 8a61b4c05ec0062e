import { type DemoCity, partyOf } from './city.ts'
import { days, lotDate, minutes, timeAt } from './clock.ts'
import { assetLink } from './codes.ts'
import { kilograms, type Told } from './lots.ts'
import { move, pack, unpack } from './movement.ts'
import { type DemoRecord, type Scribe, scribe } from './scribe.ts'

type Data = DemoCity['stories']['cylinder']
type Time = (date: string, name: keyof Data['times'], plusDays?: number) => number

interface Life {
  reference: string
  /** the cylinder, an individual asset of its filler */
  code: string
  index: number
  time: Time
}

/** LPG cylinders, which go round between filler and user: each filling is checked before and after. */
export function cylinderStory(city: DemoCity): Told {
  const data = city.stories.cylinder
  const scribes = scribe(city, 'cylinder', count => count % 4 !== 3)
  const told: Told = { records: [], units: {} }
  const time: Time = (date, name, plus = 0) => timeAt(date, plus, data.times[name], city.zone)
  const { first, everyDays, count } = data.fillings
  for (let n = 0; n < count; n++) told.records.push(makeGas(scribes, n, time))
  for (const [index, cylinder] of data.cylinders.entries()) {
    const code = assetLink(partyOf(city, data.filler).prefix, cylinder.reference)
    const life = { reference: cylinder.reference, code, index, time }
    told.records.push(...make(scribes, life, cylinder.made), ...examine(scribes, life, cylinder.inspected))
    for (let n = 0; n < count; n++) {
      const day = (name: keyof Data['times'], plus = 0) => time(first, name, n * everyDays + plus) + minutes(index * 5)
      told.records.push(...round(scribes, life, n, day))
    }
    if (index === 0) told.units.cylinder = code
  }
  return told
}

const gasLot = (scribe: Scribe, n: number, time: Time): string => {
  const { gas, fillings } = scribe.city.stories.cylinder
  return gas.lot + lotDate(time(fillings.first, 'gasMade', n * gas.everyDays), scribe.city.zone)
}

function makeGas(scribe: Scribe, n: number, time: Time): DemoRecord {
  const { city } = scribe
  const { gas, filler, fillings } = city.stories.cylinder
  return scribe.write('object', filler, time(fillings.first, 'gasMade', n * gas.everyDays), {
    action: 'ADD',
    step: 'commissioning',
    disposition: 'active',
    amounts: [kilograms(city, 'lpg', gasLot(scribe, n, time), gas.kg)],
  })
}

function* make(scribe: Scribe, life: Life, made: string): Generator<DemoRecord> {
  const { maker, filler, facts } = scribe.city.stories.cylinder
  const { code, reference, time } = life
  const extra = Object.fromEntries(Object.entries(facts).map(([name, value]) => [`yuanliu:${name}`, value]))
  yield scribe.write('object', maker, time(made, 'made'), {
    action: 'ADD',
    step: 'commissioning',
    disposition: 'active',
    epcs: [code],
    ilmd: { 'cbvmda:productionDate': made, ...extra },
  })
  yield inspect(scribe, life, maker, time(made, 'typeTested', 2), 'equipmentTypeTest', 'T')
  const trip = { from: maker, to: filler, leaves: time(made, 'toFiller', 6), takes: 60 }
  yield* move(scribe, { ...trip, load: { epcs: [code] }, note: `CY-${reference}` })
}

/** An inspection by the inspection station, with its report. */
function inspect(scribe: Scribe, life: Life, place: string, at: number, kind: string, mark: string): DemoRecord {
  const { inspector } = scribe.city.stories.cylinder
  const report = scribe.paper(inspector, kind, `${life.reference}-${mark}`)
  return scribe.write('object', place, at, {
    by: inspector,
    step: 'inspecting',
    disposition: 'conformant',
    epcs: [life.code],
    certificates: [report],
    papers: [{ type: 'cert', bizTransaction: report }],
  })
}

/** The periodic inspection: to the station and back. */
function* examine(scribe: Scribe, life: Life, date: string): Generator<DemoRecord> {
  const { filler, inspector } = scribe.city.stories.cylinder
  const { code, reference, time } = life
  const load = { epcs: [code] }
  const leaves = time(date, 'toFiller')
  yield* move(scribe, { from: filler, to: inspector, leaves, takes: 30, load, sold: false, note: `CJ-${reference}` })
  yield inspect(scribe, life, inspector, time(date, 'inspected'), 'cylinderInspection', '1')
  const home = { from: inspector, to: filler, leaves: leaves + days(1), takes: 30, load, sold: false }
  yield* move(scribe, { ...home, note: `CF-${reference}` })
}

/** One round: checked, filled, checked, delivered, emptied, back. */
function* round(
  scribe: Scribe,
  life: Life,
  n: number,
  day: (name: keyof Data['times'], plusDays?: number) => number,
): Generator<DemoRecord> {
  const { city } = scribe
  const { filler, user, fillings } = city.stories.cylinder
  const { code, reference, time } = life
  const gas = [kilograms(city, 'lpg', gasLot(scribe, n, time), fillings.kg)]
  const check = (at: number, note: string, noteEn: string) =>
    scribe.write('object', filler, at, {
      step: 'inspecting',
      disposition: 'conformant',
      epcs: [code],
      extra: { 'yuanliu:note': note, 'yuanliu:noteEn': noteEn },
    })
  yield check(day('checkedBefore'), '充装前检查', 'checked before filling')
  yield pack(scribe, filler, day('filled'), code, { amounts: gas })
  yield check(day('checkedAfter'), '充装后检查：瓶阀不漏', 'checked after filling: the valve is tight')
  const load = { epcs: [code] }
  const out = { from: filler, to: user, leaves: day('toUser'), takes: 40, load, sold: false }
  yield* move(scribe, { ...out, note: `CS-${reference}-${n + 1}` })
  yield unpack(scribe, user, day('used', 8), code)
  yield scribe.write('object', user, day('used', 8) + minutes(2), {
    action: 'DELETE',
    step: 'dispensing',
    disposition: 'dispensed',
    amounts: gas,
  })
  const home = { from: user, to: filler, leaves: day('back', 9), takes: 50, load, sold: false }
  yield* move(scribe, { ...home, note: `CB-${reference}-${n + 1}` })
}
