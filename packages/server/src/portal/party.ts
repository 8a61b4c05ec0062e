import type { Bilingual, PublicParty, PublicProduct, TraceUnit } from '@yuanliu/core'
import type { Knowledge } from './knowledge.ts'
import { type Attribute, describedAs } from './public-fields.ts'

const NOTES = ['use', 'storage', 'allergens']

/** A place or party by its unit key, as its own master data describe it. */
export function partyOf(known: Knowledge, key: string): PublicParty {
  const attributes = known.descriptions.get(key) ?? []
  const text = (id: string) => describedAs(known.fields, attributes, id)
  return {
    code: known.codes.codeOf(key),
    name: text('name'),
    area: text('area') ?? countryName(text('country')?.zh),
    phone: text('phone')?.zh ?? null,
    licence: text('licence')?.zh ?? null,
  }
}

/** The product of a unit, as its first describer describes it; null where nobody did. */
export function productOf(known: Knowledge, unit: Pick<TraceUnit, 'key'>): PublicProduct | null {
  const key = known.codes.classKey(unit.key) ?? unit.key
  const attributes = known.descriptions.get(unit.key) ?? known.descriptions.get(key)
  if (!attributes) return null
  const text = (id: string) => describedAs(known.fields, attributes, id)
  return {
    code: known.codes.codeOf(key),
    name: text('name'),
    kind: text('kind'),
    spec: text('spec')?.zh ?? null,
    maker: makerOf(known, attributes),
    notes: NOTES.flatMap(id => {
      const note = text(id)
      return note ? [{ id, text: note }] : []
    }),
  }
}

/** Unit key of the maker that a description names, if it names one. */
export function makerKey(known: Pick<Knowledge, 'codes' | 'fields'>, attributes: readonly Attribute[]): string | null {
  const code = describedAs(known.fields, attributes, 'makerCode')?.zh
  return code ? known.codes.unitKey(code) : null
}

function makerOf(known: Knowledge, attributes: readonly Attribute[]): PublicParty | null {
  const key = makerKey(known, attributes)
  const name = describedAs(known.fields, attributes, 'maker')
  if (!key) return name && { code: null, name, area: null, phone: null, licence: null }
  const party = partyOf(known, key)
  return party.name ? party : { ...party, name }
}

/** A country by its ISO 3166 code. */
export function countryName(code: string | null | undefined): Bilingual | null {
  if (!code) return null
  if (!/^[A-Za-z]{2}$/.test(code)) return { zh: code, en: null }
  const region = code.toUpperCase()
  const name = (locale: string) => new Intl.DisplayNames([locale], { type: 'region' }).of(region) ?? region
  return { zh: name('zh-CN'), en: name('en') }
}
