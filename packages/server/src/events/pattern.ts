import type { Codes, SchemeFile, SchemeUrn } from '@yuanliu/core'

/** A run of unit keys, `from` ≤ key < `until` in the order of their bytes. */
export interface KeyRange {
  from: string
  until: string
  /** text that the key must hold besides, empty for none */
  part: string
  /** only keys without qualifiers: classes */
  bare: boolean
}

/** What one value of a MATCH parameter stands for. */
export interface UnitPattern {
  keys: string[]
  ranges: KeyRange[]
}

/** EPC parameters name things one by one, class parameters name kinds of things. */
export type MatchLevel = 'item' | 'class'

/**
 * The unit keys that a value of a MATCH parameter stands for (EPCIS 2.0 §8.2.7.1.1): a URI of any notation for itself;
 * a pure identity pattern (TDS §8) for what it covers; a Digital Link that ends in `*` for all that begins like it.
 * Among items a class stands for its items, whether written `urn:epc:idpat:sgtin:….*` or as the link of its GTIN.
 * Keys do not say how long a company prefix is: a pattern with a prefix alone also covers longer prefixes that begin
 * so. Null where the value is no pattern that can be read.
 */
export function unitPattern(value: string, level: MatchLevel, codes: Codes): UnitPattern | null {
  if (/^https?:\/\/.*\*$/i.test(value)) return linkPattern(value, codes)
  const isPattern = /^urn:epc:(?:id|idpat|class):/i.test(value) && value.includes('*')
  const pattern = isPattern ? urnPattern(value, level, codes) : null
  if (pattern) return pattern
  const unit = codes.unit(value)
  // A serial may have a star among its characters (TDS §5): then the text is no pattern but a code.
  if (isPattern && unit.level === 'other') return null
  return { keys: [unit.key], ranges: level === 'item' && unit.level === 'class' ? itemsOf(unit.key, codes) : [] }
}

function range(prefix: string, part = '', bare = false): KeyRange {
  const last = prefix.length - 1
  // `!` is the first printable character: the prefix alone is not below itself.
  return {
    from: `${prefix}!`,
    until: prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1),
    part,
    bare,
  }
}

/** The items of a class: its key with a serial, as a qualifier or right behind it. */
function itemsOf(key: string, codes: Codes): KeyRange[] {
  const ai = key.slice(0, key.indexOf('/'))
  const scheme = [...codes.schemes.values()].find(s => s.forms.digitalLink?.ai === ai)
  if (!scheme) return []
  const byQualifier = scheme.qualifiers.filter(q => q.inKey && q.level === 'item').map(q => range(`${key}/${q.ai}/`))
  const last = scheme.parts[scheme.parts.length - 1]
  return last && last.min === 0 ? [range(key), ...byQualifier] : byQualifier
}

function linkPattern(value: string, codes: Codes): UnitPattern | null {
  const stem = value.slice(0, -1)
  if (stem.includes('*')) return null
  const partial = /\/([^/]+)\/(\d*)$/.exec(stem)
  const scheme = partial && [...codes.schemes.values()].find(s => s.forms.digitalLink?.ai === partial[1])
  // A key's value cut short; leading zeros stand as in the key.
  if (scheme) return { keys: [], ranges: [range(`${partial[1]}/${partial[2]}`)] }
  const whole = stem.endsWith('/') ? codes.unit(stem.slice(0, -1)) : null
  if (whole && whole.level !== 'other') return { keys: [], ranges: [range(`${whole.key}/`)] }
  const [a, b] = [codes.unit(`${stem}1`), codes.unit(`${stem}2`)]
  if (a.level === 'other' || b.level === 'other') return null
  return { keys: [], ranges: [range(common(a.key, b.key))] }
}

function urnPattern(value: string, level: MatchLevel, codes: Codes): UnitPattern | null {
  const [, kind = '', name = '', body = ''] = /^urn:epc:([a-z]+):([a-z]+):(.*)$/i.exec(value) ?? []
  const found = urnForm(kind.toLowerCase(), name.toLowerCase(), codes)
  const components = body.split('.')
  // TDS §8.2: behind the first `*` there is nothing but `*`.
  const star = components.indexOf('*')
  if (!found || star < 0 || components.slice(star).some(c => c !== '*')) return null
  const { scheme, urn } = found
  if (components.length !== 2 + urn.fields.length) return null
  const part = scheme.parts.find(p => p.name === urn.body)
  const ai = scheme.forms.digitalLink?.ai
  if (!part || ai === undefined) return null
  if (!components.slice(0, star).every(c => c !== '')) return null
  // As the class of a quantity the pattern is the class itself, or all classes that it covers.
  const asClass = level === 'class' && urn.type.startsWith('id:')
  if (star === 0) {
    const constant = scheme.parts[0]?.constant ?? ''
    return { keys: [], ranges: [range(`${ai}/${constant}`, asClass ? '' : marker(urn, scheme), asClass)] }
  }
  if (asClass && star >= 2) {
    const key = codes.unitKey(value.replace(/^urn:epc:[a-z]+:/i, 'urn:epc:idpat:'))
    return { keys: [key], ranges: [] }
  }
  return filled(components, star, { scheme, urn, fixed: part.charset === 'digits' ? part.max : 0 }, asClass, codes)
}

/** The layout that a pattern is a pattern of. */
function urnForm(kind: string, name: string, codes: Codes): { scheme: SchemeFile; urn: SchemeUrn } | null {
  const types = kind === 'idpat' ? [`id:${name}`, `class:${name}`] : [`${kind}:${name}`]
  for (const type of types) {
    for (const scheme of codes.schemes.values()) {
      const urn = scheme.forms.urn?.find(u => u.type === type)
      if (urn) return { scheme, urn }
    }
  }
  return null
}

/** What the key of a code with all fields holds: `/21/`; empty where the last field may be absent or is no qualifier. */
function marker(urn: SchemeUrn, scheme: SchemeFile): string {
  const last = urn.fields[urn.fields.length - 1]
  const qualifier = scheme.qualifiers.find(q => q.ai === last)
  return qualifier && qualifier.none === undefined ? `/${qualifier.ai}/` : ''
}

/** Puts the lowest and the highest text for `*`, and takes what their keys have in common. */
function filled(
  components: readonly string[],
  star: number,
  form: { scheme: SchemeFile; urn: SchemeUrn; fixed: number },
  asClass: boolean,
  codes: Codes,
): UnitPattern | null {
  const { scheme, urn, fixed } = form
  const prefix = components[0] as string
  const keyOf = (reference: string, digit: string, none = false) => {
    const fields = urn.fields.map((field, i) => {
      const given = components[i + 2] as string
      if (given !== '*') return given
      const part = scheme.parts.find(p => p.name === field)
      const absent = scheme.qualifiers.find(q => q.ai === field)?.none
      return none && absent !== undefined ? absent : digit.repeat(Math.max(1, part?.min ?? 1))
    })
    return codes.unit(`urn:epc:${urn.type}:${[prefix, reference, ...fields].join('.')}`)
  }
  const need = marker(urn, scheme)
  const result: UnitPattern = { keys: [], ranges: [] }
  const free = fixed - prefix.length
  if (star === 1 && fixed > 0 && free < 0) return null
  for (const [low, high] of references()) {
    const [a, b] = [keyOf(low, '1'), keyOf(high, '2')]
    if (a.level === 'other' || b.level === 'other') return null
    const shared = common(a.key, b.key)
    const rest = a.key.slice(shared.length)
    if (rest === '') result.keys.push(shared)
    else result.ranges.push(range(shared, !asClass && rest.includes(need) ? need : '', asClass))
    if (star >= 2 && urn.fields.length) {
      const plain = keyOf(low, '1', true).key
      if (plain !== a.key) result.keys.push(plain)
    }
  }
  return result

  function references(): [string, string][] {
    if (star >= 2) return [[components[1] as string, components[1] as string]]
    if (fixed === 0) return [['1', '2']]
    if (!urn.indicator) return [['0'.repeat(free), '9'.repeat(free)]]
    // The indicator stands before the company prefix: one run of keys for each.
    return [...'0123456789'].map(d => [d + '0'.repeat(free - 1), d + '9'.repeat(free - 1)])
  }
}

function common(a: string, b: string): string {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  return a.slice(0, i)
}
