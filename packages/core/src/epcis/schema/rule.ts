import Type, { type TProperties, type TSchema } from 'typebox'
import { type Fault, type Leniency, pointTo, repeated, unknownField } from '../fault.ts'
import { isUri } from '../uri.ts'

/**
 * A check that JSON Schema cannot say, or not fast enough, with its own words.
 * `explain` answers the faults relative to the value; it is asked only where the check has failed.
 */
export interface Rule {
  (value: unknown): boolean
  explain(value: unknown): Fault[]
  /** explained even where the members of the value have faults of their own */
  always?: boolean
  /** what lenient capture takes all its faults for */
  leniency?: Leniency
}

/** Faults that one rule tells of one value. */
const TOLD = 200

/** A rule from its check and its words. */
export function rule(check: (value: unknown) => boolean, explain: Rule['explain'], always = false): Rule {
  return Object.assign((value: unknown) => check(value), { explain, always })
}

/** `schema` with a rule on top; the rule sees only values of the schema's kind. */
export function ruled<S extends TSchema>(schema: S, checked: Rule) {
  return Type.Refine(schema, checked)
}

/** Names that the XML schema has where the JSON schema has not. */
function leniencyOf(name: string, known: ReadonlySet<string>): Pick<Fault, 'leniency'> {
  if (name === 'persistentDisposition' && known.has('eventTime')) return { leniency: 'persistent-disposition' }
  if (name === 'epcisHeader' && known.has('epcisBody')) return { leniency: 'master-data-in-query-document' }
  return {}
}

function onlyKnownNames(known: ReadonlySet<string>, open: boolean, leniency?: Leniency): Rule {
  const isKnown = (name: string) => known.has(name) || (open && isUri(name))
  return rule(
    value => {
      for (const name in value as object) if (!isKnown(name)) return false
      return true
    },
    value =>
      Object.keys(value as object)
        .filter(name => !isKnown(name))
        .slice(0, TOLD)
        .map(name => ({
          pointer: pointTo('', name),
          message: unknownField(name, [...known], open),
          ...(leniency ? { leniency } : leniencyOf(name, known)),
        })),
    true,
  )
}

/** An object with these fields and, besides, any extension whose name is a URI or bears a prefix (EPCIS 2.0 §9.2). */
export function extensible<P extends TProperties>(properties: P) {
  return ruled(Type.Object(properties), onlyKnownNames(new Set(Object.keys(properties)), true))
}

/** The same where the XML schema has room for names without a prefix, too (`##local`, `anyAttribute`). */
export function extensibleInXml<P extends TProperties>(properties: P) {
  return ruled(Type.Object(properties), onlyKnownNames(new Set(Object.keys(properties)), true, 'not-in-json'))
}

/** An object with these fields and no others. */
export function closed<P extends TProperties>(properties: P) {
  return ruled(Type.Object(properties), onlyKnownNames(new Set(Object.keys(properties)), false))
}

/** A text equal for equal JSON values, whatever the order of their members. */
function keyOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(keyOf).join()}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${keyOf(member)}`).join()}}`
}

const distinctItems = rule(
  value => {
    const list = value as unknown[]
    if (list.length < 2) return true
    return new Set(list.every(item => typeof item === 'string') ? list : list.map(keyOf)).size === list.length
  },
  value => {
    const seen = new Map<string, number>()
    const faults: Fault[] = []
    for (const [index, item] of (value as unknown[]).entries()) {
      const first = seen.get(keyOf(item))
      if (faults.length >= TOLD) break
      if (first === undefined) seen.set(keyOf(item), index)
      else faults.push({ pointer: pointTo('', index), message: repeated(item, first), leniency: 'repeated-item' })
    }
    return faults
  },
)

/** An array without two equal items. (`uniqueItems` hashes every item, which is too slow for lists of 100,000.) */
export function distinct<S extends TSchema>(items: S, options: { minItems?: number } = {}) {
  return ruled(Type.Array(items, options), distinctItems)
}
