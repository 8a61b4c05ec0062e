import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isChecked } from './check-digit.ts'
import type { DemoCity, DemoFrame, DemoParty, DemoProduct } from './city.ts'
import { PREFIX_DIGITS } from './codes.ts'
import type { Stories } from './story-data.ts'

/**
 * The demonstration city as `folder` (`data/demo`) describes it.
 * @throws Error naming the file and the entry that is wrong: unreadable JSON, a wrong check digit, a GLN or GTIN
 * outside its party's prefix, a product of nobody, a code used twice
 */
export function loadDemoCity(folder: string): DemoCity {
  const frame = read<DemoFrame>(folder, 'city.json')
  const { parties } = read<{ parties: DemoParty[] }>(folder, 'parties.json')
  const { products } = read<{ products: DemoProduct[] }>(folder, 'products.json')
  const byCode = indexed('parties.json', parties)
  for (const party of parties) checkParty(party)
  for (const product of products) checkProduct(product, byCode)
  const story = <Name extends keyof Stories>(name: Name) => read<Stories[Name]>(folder, `stories/${name}.json`)
  const stories: Stories = {
    pork: story('pork'),
    vegetables: story('vegetables'),
    oil: story('oil'),
    drugs: story('drugs'),
    vaccine: story('vaccine'),
    elevators: story('elevators'),
    cylinder: story('cylinder'),
    wine: story('wine'),
    retail: story('retail'),
  }
  return { ...frame, parties: byCode, products: indexed('products.json', products), stories }
}

function read<T>(folder: string, name: string): T {
  const path = join(folder, name)
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch (cause) {
    throw new Error(`${path}: not readable as JSON`, { cause })
  }
}

function indexed<T extends { code: string }>(file: string, entries: readonly T[]): Map<string, T> {
  const map = new Map<string, T>()
  for (const entry of entries) {
    if (map.has(entry.code)) throw new Error(`data/demo/${file}: "${entry.code}" stands there twice`)
    map.set(entry.code, entry)
  }
  return map
}

function checkParty(party: DemoParty): void {
  const fail = (what: string) => new Error(`data/demo/parties.json: "${party.code}": ${what}`)
  // GS1 assigns 952 to nobody: it is there for demonstrations (GS1 General Specifications §1.4.4).
  if (!/^952\d{4}$/.test(party.prefix) || party.prefix.length !== PREFIX_DIGITS)
    throw fail('prefix must be 952 and 4 digits')
  for (const gln of [party.gln, ...party.sites.map(site => site.gln)]) {
    if (gln.length !== 13 || !gln.startsWith(party.prefix)) throw fail(`GLN ${gln} is not of prefix ${party.prefix}`)
    if (!isChecked(gln)) throw fail(`GLN ${gln} has a wrong check digit`)
  }
  if (party.sites.length === 0) throw fail('has no site')
}

function checkProduct(product: DemoProduct, parties: ReadonlyMap<string, DemoParty>): void {
  const fail = (what: string) => new Error(`data/demo/products.json: "${product.code}": ${what}`)
  const maker = parties.get(product.maker)
  if (!maker) throw fail(`no party "${product.maker}"`)
  for (const gtin of [product.gtin, ...(product.case ? [product.case] : [])]) {
    if (gtin.length !== 14 || gtin.slice(1, 8) !== maker.prefix)
      throw fail(`GTIN ${gtin} is not of prefix ${maker.prefix}`)
    if (!isChecked(gtin)) throw fail(`GTIN ${gtin} has a wrong check digit`)
  }
}
