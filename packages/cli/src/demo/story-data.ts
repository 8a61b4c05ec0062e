import type { Text } from './city.ts'

/** What a story shows on the home page; `unit` is a name that the story's generator gives a code. */
export interface HighlightData {
  unit: string
  title: Text
  shows: Text
}

interface Story {
  title: Text
  highlights: HighlightData[]
}

/** A run of batches: the first day, days between them, and how many. */
interface Run {
  first: string
  everyDays: number
  batches: number
}

interface Range {
  low: number
  high: number
}

/** Clock times `HH:MM` by the name of the step. */
export type Times<Name extends string> = Record<Name, string>

/** `data/demo/stories/pork.json`. Batches are counted from 0; shares are of the weight that goes in. */
export interface PorkData extends Story, Run {
  farms: { party: string; product: string }[]
  slaughterhouse: string
  cuttingPlant: string
  market: string
  shops: string[]
  headCount: Range
  headKg: Range
  carcassShare: number
  byproductShare: number
  cuts: { product: string; share: number; crate: number }[]
  crates: { type: number; count: number }
  times: Times<
    'fattened' | 'quarantined' | 'toSlaughter' | 'killed' | 'inspected' | 'toCutting' | 'cut' | 'packed' | 'toMarket'
  > &
    Times<'unpacked' | 'toShops' | 'firstSale' | 'secondSale' | 'cratesBack' | 'sausageMade' | 'sausageOut'>
  sausage: { batches: number[]; plant: string; bellyKg: number; bagKg: number; dryShare: number; store: string }
  correction: { batch: number; shop: number; product: string; factor: number }
  dispute: { batch: number; shop: number }
  oversold: { batch: number; shop: number; product: string; factor: number }
}

/** `data/demo/stories/vegetables.json` */
export interface VegetableData extends Story, Run {
  crops: { name: string; growDays: number; kg: Range; field: Text }[]
  coops: string[]
  packhouse: string
  market: string
  delivery: string
  canteens: string[]
  trimShare: number
  cookShare: number
  planting: string
  fieldWork: string
  /** batches told in full, and the same harvest once more (lot with a B behind it) without the records of one party */
  sisters: { batch: number; missing: string; unit: string }[]
  /** the batch that the home page shows in full */
  shown: number
  times: Times<'planted' | 'fieldWork' | 'tested' | 'harvested' | 'toPackhouse' | 'packed' | 'toMarket'> &
    Times<'stored' | 'toDelivery' | 'toCanteen' | 'checked' | 'cooked' | 'served'>
}

/** `data/demo/stories/oil.json`; weights in kilograms. */
export interface OilData extends Story {
  plant: string
  bottleKg: number
  bottlesPerCarton: number
  runs: {
    code: string
    date: string
    raw: { press: string; product: string; kg: number }[]
    blendLossKg: number
    bottlings: { kg: number; cartons: number; cartonsPerPallet: number; stores: string[] }[]
  }[]
  cartonsOpened: number
  sales: number[]
  times: Times<'pressed' | 'toPlant' | 'blended' | 'tested' | 'bottled' | 'packed' | 'toStores' | 'unpacked' | 'sold'>
}

/** `data/demo/stories/drugs.json` */
export interface DrugData extends Story {
  maker: string
  wholesaler: string
  hospital: string
  clinic: string
  itemsPerBox: number
  itemsPerPrescription: number
  pallets: { lot: string; date: string; boxes: number; prescriptions: number }[]
  /** on which pallet one box is opened at the wholesaler and an item of it goes to the clinic */
  opened: { pallet: number; box: number; item: number }
  times: Times<
    'made' | 'boxed' | 'palletised' | 'out' | 'opened' | 'toHospital' | 'toClinic' | 'unpacked' | 'dispensed'
  >
}

/** `data/demo/stories/vaccine.json`; temperatures in degrees Celsius. */
export interface VaccineData extends Story, Run {
  maker: string
  carrier: string
  cdc: string
  clinics: string[]
  vialsPerBox: number
  boxes: { type: number; count: number }
  readings: number
  readingEveryMinutes: number
  storageReadings: number
  limits: Range
  normal: Range
  excursion: { batch: number; reading: number; celsius: number }
  dosesPerSession: number
  times: Times<'made' | 'packed' | 'out' | 'stored' | 'repacked' | 'toClinic' | 'session' | 'examined' | 'destroyed'>
}

/** `data/demo/stories/elevators.json` */
export interface ElevatorData extends Story {
  partMaker: string
  maker: string
  service: string
  inspectorate: string
  owner: string
  parts: string[]
  elevators: {
    serial: string
    site: string
    made: string
    yearly: string[]
    upkeep: { first: string; everyDays: number; count: number }
    works: { kind: 'repair' | 'replace' | 'modernise'; date: string; part: string; note: Text }[]
  }[]
  times: Times<'made' | 'out' | 'assembled' | 'typeTested' | 'toSite' | 'installed' | 'inspected' | 'upkeep' | 'work'>
}

/** `data/demo/stories/cylinder.json` */
export interface CylinderData extends Story {
  maker: string
  filler: string
  inspector: string
  user: string
  cylinders: { reference: string; made: string; inspected: string }[]
  /** what a cylinder's record says of it */
  facts: Record<string, string | number>
  gas: { lot: string; everyDays: number; kg: number }
  fillings: { first: string; everyDays: number; count: number; kg: number }
  times: Times<'made' | 'typeTested' | 'toFiller' | 'inspected' | 'gasMade' | 'checkedBefore' | 'filled'> &
    Times<'checkedAfter' | 'toUser' | 'used' | 'back'>
}

/** `data/demo/stories/wine.json` */
export interface WineData extends Story {
  winery: string
  importer: string
  inspection: string
  stores: string[]
  lots: { lot: string; made: string; bottles: number }[]
  voyageDays: number
  declaration: { hsCode: string; originZh: string; originEn: string }
  soldShare: number
  sales: number
  times: Times<'made' | 'certified' | 'out' | 'examined' | 'released' | 'toStores' | 'sold'>
}

/** `data/demo/stories/retail.json`; quantities in pieces. */
export interface RetailData extends Story {
  first: string
  depot: string
  stores: string[]
  goods: { product: string; everyDays: number; lots: number; made: Range; stores: number; order: boolean }[]
  soldShare: number
  sales: number
  /** leaves this many days after the rest of the lot, so that no other receipt can be taken for its own */
  neverReceived: { product: string; lot: number; store: number; daysLater: number }
  expired: { product: string; lot: number }
  times: Times<'made' | 'checked' | 'toDepot' | 'ordered' | 'toStores' | 'sold'>
}

export interface Stories {
  pork: PorkData
  vegetables: VegetableData
  oil: OilData
  drugs: DrugData
  vaccine: VaccineData
  elevators: ElevatorData
  cylinder: CylinderData
  wine: WineData
  retail: RetailData
}
