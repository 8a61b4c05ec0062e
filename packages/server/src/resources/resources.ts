import { BIZ_STEPS, type Codes, DISPOSITIONS, ROLE } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import type { Events } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { Terms } from '../lib/terms.ts'
import type { Readers } from '../log/log.ts'
import { bringUpToDate, followNames } from './follow.ts'
import { listedName, meantBy, type NamedKind, STANDARD_TYPES } from './names.ts'
import * as store from './store.ts'

/** Who asks. */
export interface Reader {
  organisation: number
  isAdmin: boolean
}

/** A place in a list: behind so many standard values, then behind a text. */
export interface Place {
  standard: number
  after: string
}

export interface Members {
  /** values as events name them: words, full names, unit keys of places and things */
  members: string[]
  next: Place | null
}

export interface Resources {
  /** Values of a kind that the standard has or that events name. Throws 503 while they are still being read. */
  list(kind: ResourceKind, reader: Reader, place: Place, limit: number): Promise<Members>
  /** Whether there is such a value. `extensions`: namespaces by prefix, for names */
  has(kind: ResourceKind, value: string, reader: Reader, extensions: Readonly<Record<string, string>>): Promise<boolean>
}

export type ResourceKind = NamedKind | 'epcs' | 'bizLocations' | 'readPoints'

interface Listed {
  field: store.Field
  standard: readonly string[]
  /** the values, as they are stored, that one in an address may be */
  meant(value: string, extensions: Readonly<Record<string, string>>): Promise<readonly string[]>
}

/** Roles that name things one by one (EPCIS 2.0 §8.2.7.1, MATCH_anyEPC). */
const EPC_ROLES = [ROLE.epc, ROLE.child, ROLE.parent, ROLE.transactionParent, ROLE.input, ROLE.output] as const
const isEpcRole = (role: number) => (EPC_ROLES as readonly number[]).includes(role)
/** Rows of units that are read at once. */
const ROWS = 2_000
/** Events of one unit that are asked for their reporter. */
const EVENTS = 1_000

const FOLLOW_MS = 5_000

/** Top-level resources (EPCIS 2.0 §12.5): values of the standard, and what events name besides. */
export function createResources(parts: {
  db: Queryable
  terms: Terms
  codes: Codes
  parties: Pick<Parties, 'hiddenFrom'>
  position: () => Promise<number>
  readers: Pick<Readers, 'follow'>
  names: Events['names']
}): Resources {
  const { db, terms, codes, parties } = parts
  const names = followNames(parts)
  const upToDate = async () => bringUpToDate(names, await parts.position(), performance.now() + FOLLOW_MS)
  const place = { standard: [], meant: async (value: string) => [codes.unitKey(value)] }
  const named = (kind: NamedKind, field: store.Field, standard: readonly string[]): Listed => ({
    field,
    standard,
    async meant(value, extensions) {
      const name = listedName(kind, value)
      // A prefix that no document declared stands for itself.
      return name.includes(':') ? [name, ...meantBy(kind, name, await parts.names(extensions))] : [name]
    },
  })
  const kinds: Record<Exclude<ResourceKind, 'epcs'>, Listed> = {
    eventTypes: named('eventTypes', store.FIELD.eventType, STANDARD_TYPES),
    bizSteps: named('bizSteps', store.FIELD.bizStep, BIZ_STEPS),
    dispositions: named('dispositions', store.FIELD.disposition, DISPOSITIONS),
    bizLocations: { field: store.FIELD.bizLocation, ...place },
    readPoints: { field: store.FIELD.readPoint, ...place },
  }

  async function listed(of: Listed, hidden: readonly number[], from: Place, limit: number): Promise<Members> {
    const members = of.standard.slice(from.standard, from.standard + limit)
    const standard = from.standard + members.length
    if (standard < of.standard.length) return { members, next: { standard, after: '' } }
    const left = limit - members.length
    const own = await store.namedIn(db, of.field, { hidden, but: of.standard, after: from.after, limit: left + 1 })
    const shown = own.slice(0, left)
    return {
      members: [...members, ...shown],
      next: own.length > left ? { standard, after: shown[shown.length - 1] ?? from.after } : null,
    }
  }

  async function isShown(unit: string, hidden: readonly number[]): Promise<boolean> {
    const events = await store.eventsOfUnit(db, unit, EPC_ROLES, hidden.length ? EVENTS : 1)
    if (!events.length || !hidden.length) return events.length > 0
    return store.areShown(
      db,
      events.map(e => e.event),
      hidden,
    )
  }

  /** Things in the order of their keys: rows are read in runs, each behind the unit last seen. */
  async function things(hidden: readonly number[], from: Place, limit: number): Promise<Members> {
    const members: string[] = []
    let after = from.after
    for (;;) {
      const rows = await store.unitsBehind(db, after, ROWS)
      const named = new Set<string>()
      for (const { unit, role } of rows) if (isEpcRole(role)) named.add(unit)
      for (const unit of new Set(rows.map(row => row.unit))) {
        after = unit
        const last = rows[rows.length - 1]
        // Of the last unit only a part of its rows may have been read.
        const unsure = !named.has(unit) && last?.unit === unit && rows.length === ROWS
        if (!named.has(unit) && !unsure) continue
        if ((unsure || hidden.length) && !(await isShown(unit, hidden))) continue
        if (members.length === limit) {
          return { members, next: { standard: 0, after: members[members.length - 1] as string } }
        }
        members.push(unit)
      }
      if (rows.length < ROWS) return { members, next: null }
    }
  }

  return {
    async list(kind, reader, from, limit) {
      const hidden = await parties.hiddenFrom(reader)
      if (kind === 'epcs') return things(hidden, from, limit)
      await upToDate()
      return listed(kinds[kind], hidden, from, limit)
    },
    async has(kind, value, reader, extensions) {
      const hidden = await parties.hiddenFrom(reader)
      if (kind === 'epcs') return isShown(codes.unitKey(value), hidden)
      const { field, standard, meant } = kinds[kind]
      const values = await meant(value, extensions)
      if (values.some(one => standard.includes(one))) return true
      await upToDate()
      return store.isNamed(db, field, await terms.find(values), hidden)
    },
  }
}
