import type { Stories } from './story-data.ts'

/** A text in both languages. */
export interface Text {
  zh: string
  en: string
}

export interface DemoSite {
  code: string
  /** GLN, 13 digits */
  gln: string
  name: Text
  address: Text
  postalCode: string
  latitude: number
  longitude: number
}

export interface DemoParty {
  code: string
  /** GS1 company prefix, 7 digits within 952, which GS1 keeps for demonstrations */
  prefix: string
  /** GLN of the legal entity */
  gln: string
  name: Text
  phone: string
  /** how this party writes codes; Digital Link if absent */
  notation?: 'urn'
  /** where its sites are, if not in the city */
  place?: { city: Text; countryCode: string }
  sites: DemoSite[]
}

export interface DemoProduct {
  code: string
  /** GTIN-14 */
  gtin: string
  /** GTIN-14 of the box in which it is packed */
  case?: string
  /** code of the party that makes it */
  maker: string
  name: Text
  functionalName: Text
  /** UN/ECE Rec 20 unit */
  netContent?: { value: string; uom: string }
  shelfDays?: number
}

/** What holds for the whole city: `data/demo/city.json`. */
export interface DemoFrame {
  title: Text
  notice: Text
  city: Text
  countryCode: string
  /** everything that varies depends on it */
  seed: string
  /** offset of the city's clocks from UTC */
  zone: string
  /** first days of the periods for which each party reports one document; what is older is one period more */
  periods: string[]
  eventsPerDocument: number
  /** prefixes of extension fields and their name spaces */
  contexts: Record<string, string>
  /** what must never be shown: written on every n-th shipment and sale */
  secrets: { mark: string; every: number; price: string[]; customer: string[] }
  /** document types within GDTI */
  paperTypes: Record<string, number>
}

export interface DemoCity extends DemoFrame {
  parties: ReadonlyMap<string, DemoParty>
  products: ReadonlyMap<string, DemoProduct>
  stories: Stories
}

/** @throws Error naming the code that `data/demo/parties.json` lacks */
export function partyOf(city: DemoCity, code: string): DemoParty {
  const party = city.parties.get(code)
  if (!party) throw new Error(`data/demo/parties.json: no party "${code}"`)
  return party
}

/** A site by `party` (its first) or `party/site`. @throws Error naming what is missing */
export function siteOf(city: DemoCity, place: string): DemoSite {
  const [code = '', name] = place.split('/')
  const { sites } = partyOf(city, code)
  const site = name ? sites.find(s => s.code === name) : sites[0]
  if (!site) throw new Error(`data/demo/parties.json: no site "${place}"`)
  return site
}

/** @throws Error naming the code that `data/demo/products.json` lacks */
export function productOf(city: DemoCity, code: string): DemoProduct {
  const product = city.products.get(code)
  if (!product) throw new Error(`data/demo/products.json: no product "${code}"`)
  return product
}
