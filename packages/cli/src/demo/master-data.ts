import type { DemoCity, DemoParty, DemoProduct, DemoSite } from './city.ts'
import { classLink, DOMAIN, partyLink, siteLink } from './codes.ts'
import type { DemoEvent, Json } from './scribe.ts'

// CBV 2.0 §9: attributes are `urn:epcglobal:cbv:mda#…`. Ours have the prefix yuanliu: of the document's context.
const MDA = 'urn:epcglobal:cbv:mda#'
const VTYPE = 'urn:epcglobal:epcis:vtype:'

/** The code links that an event names, wherever they stand. */
export function linksIn(value: Json, found: Set<string> = new Set()): Set<string> {
  if (typeof value === 'string') {
    if (value.startsWith(DOMAIN)) found.add(value)
  } else if (Array.isArray(value)) for (const part of value) linksIn(part, found)
  else if (value !== null && typeof value === 'object') for (const part of Object.values(value)) linksIn(part, found)
  return found
}

/**
 * `vocabularyList` of the products, sites and parties that these events name, and of the party that reports them, in the
 * order of the data files.
 */
export function masterData(city: DemoCity, reporter: DemoParty, events: readonly DemoEvent[]): Json[] {
  const gtins = new Set<string>()
  const glns = new Set<string>([reporter.gln])
  for (const event of events) {
    for (const link of linksIn(event)) {
      const [ai, key] = link.slice(DOMAIN.length).split('/')
      if (key === undefined) continue
      if (ai === '01') gtins.add(key)
      if (ai === '414' || ai === '417') glns.add(key)
    }
  }
  const parties = [...city.parties.values()]
  const sites = parties.flatMap(party => party.sites.filter(site => glns.has(site.gln)).map(site => ({ party, site })))
  const products = [...city.products.values()]
  return [
    vocabulary('EPCClass', [
      ...products.filter(product => gtins.has(product.gtin)).map(product => productEntry(city, product)),
      ...products.flatMap(product =>
        product.case && gtins.has(product.case) ? [caseEntry(city, product, product.case)] : [],
      ),
    ]),
    vocabulary(
      'Location',
      sites.map(({ party, site }) => siteEntry(city, party, site)),
    ),
    vocabulary(
      'Party',
      parties.filter(party => glns.has(party.gln)).map(party => partyEntry(city, party)),
    ),
  ]
}

const vocabulary = (type: string, elements: Json[]): Json => ({ type: VTYPE + type, vocabularyElementList: elements })

const element = (id: string, attributes: Record<string, string>): Json => ({
  id,
  attributes: Object.entries(attributes).map(([name, attribute]) => ({
    id: name.includes(':') ? name : MDA + name,
    attribute,
  })),
})

const mark = (city: DemoCity) => ({ 'yuanliu:demonstration': `${city.notice.zh} / ${city.notice.en}` })

function productEntry(city: DemoCity, product: DemoProduct): Json {
  const maker = city.parties.get(product.maker)
  return element(classLink(product.gtin), {
    descriptionShort: product.name.zh,
    'yuanliu:nameEn': product.name.en,
    functionalName: product.functionalName.zh,
    'yuanliu:functionalNameEn': product.functionalName.en,
    ...(product.netContent && {
      netContentDescription: `${product.netContent.value} ${product.netContent.uom}`,
      'yuanliu:netContentValue': product.netContent.value,
      'yuanliu:netContentUom': product.netContent.uom,
    }),
    ...(maker && {
      manufacturerOfTradeItemPartyName: maker.name.zh,
      'yuanliu:manufacturerNameEn': maker.name.en,
      'yuanliu:manufacturer': partyLink(maker.gln),
    }),
    ...mark(city),
  })
}

const caseEntry = (city: DemoCity, product: DemoProduct, gtin: string): Json =>
  element(classLink(gtin), {
    descriptionShort: `${product.name.zh}（箱）`,
    'yuanliu:nameEn': `${product.name.en}, box`,
    'yuanliu:contains': classLink(product.gtin),
    ...mark(city),
  })

function siteEntry(city: DemoCity, party: DemoParty, site: DemoSite): Json {
  return element(siteLink(site.gln), {
    name: site.name.zh,
    'yuanliu:nameEn': site.name.en,
    streetAddressOne: site.address.zh,
    'yuanliu:streetAddressOneEn': site.address.en,
    city: (party.place?.city ?? city.city).zh,
    'yuanliu:cityEn': (party.place?.city ?? city.city).en,
    postalCode: site.postalCode,
    countryCode: party.place?.countryCode ?? city.countryCode,
    latitude: String(site.latitude),
    longitude: String(site.longitude),
    'yuanliu:party': partyLink(party.gln),
    ...mark(city),
  })
}

function partyEntry(city: DemoCity, party: DemoParty): Json {
  return element(partyLink(party.gln), {
    name: party.name.zh,
    'yuanliu:nameEn': party.name.en,
    countryCode: party.place?.countryCode ?? city.countryCode,
    'yuanliu:phone': party.phone,
    ...mark(city),
  })
}
