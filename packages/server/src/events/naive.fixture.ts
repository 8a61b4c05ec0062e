import fc from 'fast-check'

/** A world of few units, so that random queries meet random events; every unit has several notations. */

const PREFIXES = ['9521234', '9521235']
const ITEMS = ['012345', '112345', '012346']

/** One unit or class, by what it is; `covers` and the naive evaluation compare these, never keys. */
export interface Thing {
  kind: 'item' | 'pallet' | 'asset' | 'lot' | 'class' | 'other'
  prefix: string
  reference: string
  tail: string
}

export const items = fc.record({
  kind: fc.constant('item' as const),
  prefix: fc.constantFrom(...PREFIXES),
  reference: fc.constantFrom(...ITEMS),
  tail: fc.constantFrom('1', '2', 'A%2FB'),
})
const pallets = fc.record({
  kind: fc.constant('pallet' as const),
  prefix: fc.constantFrom(...PREFIXES),
  reference: fc.constantFrom('0000000001', '1000000001'),
  tail: fc.constant(''),
})
const assets = fc.record({
  kind: fc.constant('asset' as const),
  prefix: fc.constantFrom(...PREFIXES),
  reference: fc.constantFrom('12345', '12346'),
  tail: fc.constantFrom('7', 'x'),
})
const others = fc.record({
  kind: fc.constant('other' as const),
  prefix: fc.constant('urn:example:'),
  reference: fc.constantFrom('a', 'b'),
  tail: fc.constant(''),
})
export const things: fc.Arbitrary<Thing> = fc.oneof({ weight: 4, arbitrary: items }, pallets, assets, others)
const lots = fc.record({
  kind: fc.constant('lot' as const),
  prefix: fc.constantFrom(...PREFIXES),
  reference: fc.constantFrom(...ITEMS),
  tail: fc.constantFrom('1', 'L'),
})
const classes = lots.map(lot => ({ ...lot, kind: 'class' as const, tail: '' }))
export const kinds: fc.Arbitrary<Thing> = fc.oneof(lots, classes)

/** Check digit of GS1 keys: from the right, weights 3 and 1. */
function checked(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i++) sum += Number(digits[digits.length - 1 - i]) * (i % 2 ? 1 : 3)
  return digits + ((10 - (sum % 10)) % 10)
}

const indicated = (t: Thing) => checked(t.reference[0] + t.prefix + t.reference.slice(1))

/** The notations of a thing; `lot`: codes that carry a lot beside the serial too. */
export function notations(t: Thing, lot = true): string[] {
  switch (t.kind) {
    case 'item': {
      const path = `01/${indicated(t)}`
      const plain = [`urn:epc:id:sgtin:${t.prefix}.${t.reference}.${t.tail}`, `https://id.gs1.org/${path}/21/${t.tail}`]
      return lot ? [...plain, `https://shop.example.cn/x/${path}/10/L/21/${t.tail}?17=271231`] : plain
    }
    case 'pallet':
      return [`urn:epc:id:sscc:${t.prefix}.${t.reference}`, `https://example.org/00/${indicated(t)}`]
    case 'asset':
      return [
        `urn:epc:id:grai:${t.prefix}.${t.reference}.${t.tail}`,
        `https://id.gs1.org/8003/0${checked(t.prefix + t.reference)}${t.tail}`,
      ]
    case 'lot':
      return [
        `urn:epc:class:lgtin:${t.prefix}.${t.reference}.${t.tail}`,
        `https://id.gs1.org/01/${indicated(t)}/10/${t.tail}`,
      ]
    case 'class':
      return [`urn:epc:idpat:sgtin:${t.prefix}.${t.reference}.*`, `https://id.gs1.org/01/${indicated(t)}`]
    case 'other':
      return [t.prefix + t.reference, `URN:EXAMPLE:${t.reference}`]
  }
}

export const written = (of: fc.Arbitrary<Thing>) =>
  of.chain(thing => fc.constantFrom(...notations(thing)).map(text => ({ thing, text })))
export type Written = { thing: Thing; text: string }

/** A value of a MATCH parameter and what it covers. */
export interface Wanted {
  text: string
  covers(thing: Thing): boolean
}

const same = (a: Thing, b: Thing) =>
  a.kind === b.kind && a.prefix === b.prefix && a.reference === b.reference && a.tail === b.tail

const exactly = (of: fc.Arbitrary<Thing>) =>
  written(of).map(({ thing, text }): Wanted => ({ text, covers: other => same(thing, other) }))

const prefixes = fc.constantFrom(...PREFIXES, '9521236')
/** What MATCH_epc and MATCH_anyEPC may be given. */
export const wantedThings: fc.Arbitrary<Wanted> = fc.oneof(
  { weight: 4, arbitrary: exactly(things) },
  written(classes).map(
    ({ thing: c, text }): Wanted => ({
      text,
      covers: t => t.kind === 'item' && t.prefix === c.prefix && t.reference === c.reference,
    }),
  ),
  prefixes.map(
    (prefix): Wanted => ({
      text: `urn:epc:idpat:sgtin:${prefix}.*.*`,
      covers: t => t.kind === 'item' && t.prefix === prefix,
    }),
  ),
  prefixes.map(
    (prefix): Wanted => ({
      text: `urn:epc:idpat:sscc:${prefix}.*`,
      covers: t => t.kind === 'pallet' && t.prefix === prefix,
    }),
  ),
  prefixes.map(
    (prefix): Wanted => ({
      text: `urn:epc:idpat:grai:${prefix}.*.*`,
      covers: t => t.kind === 'asset' && t.prefix === prefix,
    }),
  ),
  fc.constant<Wanted>({ text: 'urn:epc:idpat:sgtin:*.*.*', covers: t => t.kind === 'item' }),
  items.map(
    (i): Wanted => ({
      text: `https://id.gs1.org/01/${indicated(i)}/21/*`,
      covers: t => t.kind === 'item' && t.prefix === i.prefix && t.reference === i.reference,
    }),
  ),
)
/** What MATCH_epcClass and MATCH_anyEPCClass may be given. */
export const wantedKinds: fc.Arbitrary<Wanted> = fc.oneof(
  { weight: 4, arbitrary: exactly(kinds) },
  prefixes.map(
    (prefix): Wanted => ({
      text: `urn:epc:idpat:sgtin:${prefix}.*.*`,
      covers: t => t.kind === 'class' && t.prefix === prefix,
    }),
  ),
  lots.map(
    (l): Wanted => ({
      text: `urn:epc:class:lgtin:${l.prefix}.${l.reference}.*`,
      covers: t => t.kind === 'lot' && t.prefix === l.prefix && t.reference === l.reference,
    }),
  ),
)
