import { type DemoCity, productOf } from './city.ts'
import { dateText, days, minutes, timeAt } from './clock.ts'
import { lotOf, pieces, type Told, wholeParts } from './lots.ts'
import { move, sell } from './movement.ts'
import { type DemoRecord, type Scribe, scribe } from './scribe.ts'

type Data = DemoCity['stories']['wine']
type Lot = Data['lots'][number]
type Time = (plusDays: number, name: keyof Data['times']) => number

/** Wine from abroad: bottled and certified there, examined at the port, distributed by the importer. */
export function wineStory(city: DemoCity): Told {
  const data = city.stories.wine
  const scribes = scribe(city, 'wine', count => count % 3 !== 2)
  const told: Told = { records: [], units: {} }
  for (const lot of data.lots) {
    const time: Time = (plus, name) => timeAt(lot.made, plus, data.times[name], city.zone)
    told.records.push(...make(scribes, lot, time), ...bring(scribes, lot, time), ...distribute(scribes, lot, time))
    told.units.wine ??= lotOf(city, 'wine', lot.lot)
  }
  return told
}

function* make(scribe: Scribe, { lot, bottles }: Lot, time: Time): Generator<DemoRecord> {
  const { city } = scribe
  const { winery, declaration } = city.stories.wine
  const amounts = [pieces(city, 'wine', lot, bottles)]
  const made = time(0, 'made')
  yield scribe.write('object', winery, made, {
    action: 'ADD',
    step: 'commissioning',
    disposition: 'active',
    amounts,
    ilmd: {
      'cbvmda:lotNumber': lot,
      'cbvmda:productionDate': dateText(made, city.zone),
      'cbvmda:bestBeforeDate': dateText(made + days(productOf(city, 'wine').shelfDays ?? 0), city.zone),
      'yuanliu:origin': declaration.originZh,
      'yuanliu:originEn': declaration.originEn,
    },
  })
  const certificate = scribe.paper(winery, 'originCertificate', lot)
  yield scribe.write('object', winery, time(1, 'certified'), {
    step: 'inspecting',
    disposition: 'conformant',
    amounts,
    certificates: [certificate],
    papers: [{ type: 'cert', bizTransaction: certificate }],
  })
}

/** The voyage, then the examination at the port and the release. */
function* bring(scribe: Scribe, { lot, bottles }: Lot, time: Time): Generator<DemoRecord> {
  const { city } = scribe
  const { winery, importer, inspection, voyageDays, declaration } = city.stories.wine
  const amounts = [pieces(city, 'wine', lot, bottles)]
  const trip = { from: winery, to: importer, leaves: time(2, 'out'), takes: voyageDays * 24 * 60, load: { amounts } }
  yield* move(scribe, { ...trip, note: `WX-${lot}` })
  const report = scribe.paper(inspection, 'importInspection', lot)
  yield scribe.write('object', importer, time(voyageDays + 4, 'examined'), {
    by: inspection,
    step: 'inspecting',
    disposition: 'conformant',
    amounts,
    certificates: [report],
    papers: [{ type: 'cert', bizTransaction: report }],
    extra: { 'yuanliu:hsCode': declaration.hsCode },
  })
  yield scribe.write('object', importer, time(voyageDays + 5, 'released'), {
    by: inspection,
    step: 'accepting',
    disposition: 'in_progress',
    amounts,
    extra: { 'yuanliu:note': '口岸放行', 'yuanliu:noteEn': 'released at the port' },
  })
}

function* distribute(scribe: Scribe, { lot, bottles }: Lot, time: Time): Generator<DemoRecord> {
  const { city } = scribe
  const { importer, stores, voyageDays, soldShare, sales } = city.stories.wine
  const shares = wholeParts(bottles, stores.length)
  for (const [n, store] of stores.entries()) {
    const count = shares[n] ?? 0
    const load = { amounts: [pieces(city, 'wine', lot, count)] }
    const leaves = time(voyageDays + 7, 'toStores') + minutes(25 * n)
    yield* move(scribe, { from: importer, to: store, leaves, takes: 70, load, note: `WD-${lot}-${n + 1}` })
    const sold = wholeParts(Math.floor(count * soldShare), sales)
    for (const [week, bottlesSold] of sold.entries()) {
      const at = time(voyageDays + 9 + week * 7, 'sold') + minutes(11 * n)
      yield sell(scribe, store, at, { amounts: [pieces(city, 'wine', lot, bottlesSold)] })
    }
  }
}
