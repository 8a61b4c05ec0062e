import fc from 'fast-check'
import { mod10 } from '../checks.ts'
import { type Ai, aiOf, allAis } from './ai-table.ts'
import { checkPair } from './lint/characters.ts'
import { LINTERS } from './lint/linters.ts'
import { CODE_LISTS } from './tables.ts'

/** Elements and links made at random that break no rule of their formats. */

export const SETS = {
  N: [...'0123456789'],
  X: [...'!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'],
  Y: [...'#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  Z: [...'-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'],
}
const listed = (name: string) => {
  const codes = new RegExp(`^${name}=(.*)$`, 'm').exec(CODE_LISTS)![1]!.split(' ')
  return fc.constantFrom(...codes)
}
const two = (from: number, to: number) => fc.integer({ min: from, max: to }).map(n => String(n).padStart(2, '0'))
const date = (day: number) => fc.tuple(two(0, 99), two(1, 12), two(day, 28)).map(parts => parts.join(''))
/** Text that a linter passes, for those that plain characters would hardly pass. */
const SPECIAL: Record<string, fc.Arbitrary<string>> = {
  yymmdd: date(1),
  yymmd0: date(0),
  yyyymmdd: date(1).map(day => `20${day}`),
  hhmi: fc.tuple(two(0, 23), two(0, 59)).map(parts => parts.join('')),
  hh: two(0, 23),
  mi: two(0, 59),
  ss: two(0, 59),
  iso3166: listed('iso3166'),
  iso3166999: fc.constant('999'),
  iso3166alpha2: listed('iso3166alpha2'),
  iso4217: listed('iso4217'),
  packagetype: listed('packagetype'),
  mediatype: listed('mediatype'),
  pieceoftotal: fc.tuple(two(1, 9), two(9, 99)).map(parts => parts.join('')),
  posinseqslash: fc.constantFrom('1/1', '2/3'),
  latitude: fc.constant('0900000000'),
  longitude: fc.constant('1800000000'),
  iban: fc.constant('GB98MIDL07009312345678'),
  hyphen: fc.constant('-'),
  winding: fc.constantFrom('0', '1', '9'),
  iso5218: fc.constantFrom('0', '1', '2', '9'),
  yesno: fc.constantFrom('0', '1'),
  zero: fc.constant('0'),
  importeridx: fc.constantFrom('-', '_', 'A'),
  couponcode: fc.constant('012345612345611110123'),
  couponposoffer: fc.constant('001234561234560123456'),
}

/** A value that an identifier takes. */
export function valueFor(ai: Ai): fc.Arbitrary<string> {
  const parts = ai.components.map(({ type, min, max, optional, lints }) => {
    const names = lints.map(lint => Object.keys(LINTERS).find(name => LINTERS[name] === lint)!)
    const special = names.find(name => SPECIAL[name])
    const chars = fc.string({
      unit: fc.constantFrom(...SETS[type]),
      minLength: min,
      maxLength: Math.max(min, Math.min(max, 24)),
    })
    let value = special ? SPECIAL[special]! : chars
    if (names.includes('csum')) value = value.map(text => text.slice(0, -1) + mod10(text, 0, text.length - 1))
    if (names.includes('nozeroprefix') || names.includes('nonzero')) value = value.map(text => text.replace(/^0/, '7'))
    if (names.includes('pcenc')) value = value.map(text => text.replaceAll('%', '+'))
    if (names.includes('csumalpha')) {
      const digits = fc.string({ unit: fc.constantFrom(...SETS.N), minLength: 5, maxLength: 5 })
      const rest = fc.string({ unit: fc.constantFrom(...SETS.X), minLength: 0, maxLength: 17 })
      value = fc.tuple(digits, rest).map(([a, b]) => `${a}A${b}${checkPair(`${a}A${b}`)}`)
    } else if (names.includes('gcppos1') && type !== 'N') value = value.map(text => `95060${text}`.slice(0, max))
    return optional ? fc.oneof(fc.constant(''), value) : value
  })
  // what is optional may only be missing from the end
  return fc.tuple(...parts).map(texts => {
    const missing = texts.indexOf('')
    return (missing < 0 ? texts : texts.slice(0, missing)).join('')
  })
}

export const ais = [...allAis()]
const element = fc.constantFrom(...ais).chain(ai => valueFor(ai).map(value => ({ ai: ai.ai, value })))
export const elements = fc.uniqueArray(element, { selector: e => e.ai, minLength: 1, maxLength: 6 })
export const link = fc
  .record({ key: fc.constantFrom(...ais.filter(ai => ai.sequences)), pick: fc.infiniteStream(fc.boolean()) })
  .chain(({ key, pick }) => {
    const sequence = key.sequences![0]!.filter(() => pick.next().value)
    const attributes = ais.filter(ai => ai.attribute && ai.ai !== key.ai && !sequence.includes(ai.ai) && ai.fixed)
    const chosen = [key, ...sequence.map(ai => aiOf(ai)!)]
    return fc
      .tuple(
        fc.tuple(...chosen.map(valueFor)),
        fc.constantFrom(...attributes).chain(ai => valueFor(ai).map(v => [ai.ai, v])),
      )
      .map(([values, [ai, value]]) => [
        ...values.map((v, i) => ({ ai: chosen[i]!.ai, value: v })),
        { ai: ai!, value: value! },
      ])
  })
