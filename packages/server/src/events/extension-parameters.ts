import { compareTo, oneOf, type Relation, stands } from './compare.ts'
import { test } from './event-parameters.ts'
import { AREAS, type Area, extensionValues, scalarsOf } from './fields.ts'
import { ANYTHING, BOUND, FLAG, type Parameter, parameter } from './parameter.ts'

const WORDS = Object.keys(AREAS).filter(area => area !== '')
/** `INNER_`, the area, the name: with a prefix or of a namespace. `EQ_readPoint` and the like have no name. */
const NAME = `_(INNER_)?(?:(${WORDS.join('|')})_)?(.*[:#].*)$`

const COMPARED: readonly Exclude<Relation, 'EQ'>[] = ['GT', 'GE', 'LT', 'LE']

/**
 * Extension fields at every level (EPCIS 2.0 §8.2.7.1): `EQ_ext:field`, `GE_ILMD_ext:field`,
 * `EQ_INNER_SENSORREPORT_ext:field`, `EXISTS_https://ns.example.org/#field` …
 */
export const EXTENSION_PARAMETERS: readonly Parameter[] = [
  parameter(new RegExp(`^EQ${NAME}`), ANYTHING, (wanted, into, { names }, [inner, area, name]) => {
    const full = names.full(name as string)
    const isWanted = oneOf(wanted)
    return test(into, event => {
      for (const value of extensionValues(event, area as Area, inner !== '', full))
        for (const scalar of scalarsOf(value)) if (isWanted(scalar)) return true
      return false
    })
  }),
  ...COMPARED.map(relation =>
    parameter(new RegExp(`^${relation}${NAME}`), BOUND, ([bound], into, { names }, [inner, area, name]) => {
      const full = names.full(name as string)
      return test(into, event => {
        for (const value of extensionValues(event, area as Area, inner !== '', full))
          for (const scalar of scalarsOf(value)) if (stands(relation, compareTo(scalar, bound))) return true
        return false
      })
    }),
  ),
  parameter(new RegExp(`^EXISTS${NAME}`), FLAG, ([wanted], into, { names }, [inner, area, name]) => {
    if (!wanted) return
    const full = names.full(name as string)
    return test(into, event => !extensionValues(event, area as Area, inner !== '', full).next().done)
  }),
]
