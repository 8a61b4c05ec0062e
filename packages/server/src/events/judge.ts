import type { Terms } from '../lib/terms.ts'
import { decodeUnits } from './event-text.ts'
import type { KeyRange } from './pattern.ts'
import type { Condition } from './query.ts'
import type { CapturedEvent } from './store.ts'

/** Whether an event fulfils a query. Terms of the event have been loaded before. */
export type Judge = (event: Captured) => boolean

/** An event as it was captured, with its units read when somebody asks for them, and once. */
export interface Captured extends CapturedEvent {
  /** it is told again, at another position, because it left quarantine */
  released?: true
  unitList(): { units: string[]; roles: number[] }
}

/** The event of a row of the store. */
export function captured(row: CapturedEvent): Captured {
  let list: { units: string[]; roles: number[] } | null = null
  return {
    ...row,
    unitList() {
      list ??= decodeUnits(row.units)
      return list
    },
  }
}

/**
 * The conditions of a query as a function of one event, which says what the store's SQL would say; null where a
 * condition is of a kind that only the database can look at.
 */
export function judgeOf(conditions: readonly Condition[], terms: Pick<Terms, 'textOf'>): Judge | null {
  const judges: Judge[] = []
  for (const condition of conditions) {
    const judge = one(condition, terms)
    if (!judge) return null
    judges.push(judge)
  }
  return event => judges.every(judge => judge(event))
}

const TERM_COLUMNS = {
  bizStep: 'biz_step',
  disposition: 'disposition',
  readPoint: 'read_point',
  bizLocation: 'biz_location',
} as const

/** Each branch looks at the fields that it needs as well: a condition of a kind that came later is left to the database. */
function one(c: Condition, terms: Pick<Terms, 'textOf'>): Judge | null {
  switch (c.on) {
    case 'type':
    case 'action': {
      const numbers = new Set(c.numbers)
      return c.on === 'type' ? e => numbers.has(e.type) : e => numbers.has(e.action)
    }
    case 'bizStep':
    case 'disposition':
    case 'readPoint':
    case 'bizLocation': {
      if (!('texts' in c)) return null
      const texts = new Set(c.texts)
      const column = TERM_COLUMNS[c.on]
      return e => {
        const text = terms.textOf(e[column])
        return text !== null && texts.has(text)
      }
    }
    case 'key': {
      const keys = new Set(c.keys)
      return e => keys.has(e.key)
    }
    case 'time':
    case 'recorded':
    case 'position': {
      const { on, from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = c
      return e => e[on] >= from && e[on] < until
    }
    case 'unit': {
      const roles = new Set(c.roles)
      const keys = new Set(c.keys)
      const ranges = c.ranges.map(covers)
      return e => {
        const { units, roles: played } = e.unitList()
        return units.some((unit, i) => roles.has(played[i] as number) && (keys.has(unit) || ranges.some(r => r(unit))))
      }
    }
    default:
      return null
  }
}

/** What store.ts asks of a unit in a run of keys; keys are ASCII, so their order is that of collation C. */
function covers({ from, until, part, bare }: KeyRange): (unit: string) => boolean {
  return unit =>
    unit >= from &&
    unit < until &&
    (part === '' || unit.includes(part)) &&
    (!bare || unit.indexOf('/', unit.indexOf('/') + 1) < 0)
}
