import { type Codes, contextOf, Problem, type VocabularyElement, type VocabularyVersion } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import { iso } from '../lib/clock.ts'
import type { Queryable } from '../lib/db/db.ts'
import * as store from './store.ts'

/** An attribute looked for: one of these names and, where given, one of these values. */
export interface Attribute {
  names: ReadonlySet<string>
  values: ReadonlySet<string> | null
}

/** Whether master data give a thing an attribute. */
export type Describes = (thing: string, attribute: Attribute) => boolean

/** Who asks. */
export interface Reader {
  organisation: number
  isAdmin: boolean
}

export interface Listed<T> {
  items: T[]
  /** the last one shown where there are more */
  next: string | null
}

/** Master data of document headers (EPCIS 2.0 §6.5): read by queries, and by themselves. */
export interface Vocabularies {
  /** What is in force of these things, for asking what they are like. */
  describe(things: ReadonlySet<string>, hidden: readonly number[]): Promise<Describes>
  /** These and all that stands below them. Throws 413 where that is too much. */
  below(roots: readonly string[], hidden: readonly number[]): Promise<string[]>
  /** Everything with an attribute. Throws 413 where that is too much. */
  having(attribute: Attribute, hidden: readonly number[]): Promise<string[]>
  types(reader: Reader, after: string, limit: number): Promise<Listed<{ type: string; elements: number }>>
  /** Elements in force of a vocabulary. Throws 404 where there is no such vocabulary. */
  elements(type: string, reader: Reader, after: string, limit: number): Promise<Listed<VocabularyElement>>
  /** An element as it was at an instant (microseconds), with its versions. Throws 404. */
  element(type: string, uri: string, reader: Reader, at: number): Promise<VocabularyVersion>
}

/** Things in one query by master data. */
const MOST = 10_000
const STANDARD = contextOf()

export function createVocabularies(parts: { db: Queryable; codes: Codes; parties: Parties }): Vocabularies {
  const { db, codes, parties } = parts

  async function shown(row: store.ElementRow): Promise<VocabularyElement> {
    const reporter = (await parties.of([row.organisation])).get(row.organisation)
    return {
      id: codes.codeOf(row.id),
      attributes: row.attributes.map(({ id, attribute }) => ({ id, attribute: attribute ?? null })),
      children: row.children.map(codes.codeOf),
      recorded: iso(row.recorded),
      reporter: reporter?.code ?? String(row.organisation),
    }
  }

  return {
    async describe(things, hidden) {
      const rows = things.size ? await store.elementsOf(db, [...things], hidden) : []
      const byThing = grouped(rows)
      return (thing, attribute) => (byThing.get(thing) ?? []).some(row => has(row, attribute))
    },

    async below(roots, hidden) {
      const found = new Set(roots)
      for (let level = [...found]; level.length; ) {
        const rows = await store.elementsOf(db, level, hidden)
        level = [...new Set(rows.flatMap(row => row.children))].filter(child => !found.has(child))
        for (const child of level) found.add(child)
        if (found.size > MOST) throw tooMany()
      }
      return [...found]
    },

    async having(attribute, hidden) {
      const ids = await store.idsWithAttribute(db, [...spellings(attribute.names)], MOST + 1)
      if (ids.length > MOST) throw tooMany()
      const rows = await store.elementsOf(db, ids, hidden)
      return [...new Set(rows.filter(row => has(row, attribute)).map(row => row.id))]
    },

    async types(reader, after, limit) {
      const hidden = await parties.hiddenFrom(reader)
      const items = await store.vocabularies(db, hidden, after, limit + 1)
      return cut(items, limit, item => item.type)
    },

    async elements(type, reader, after, limit) {
      const hidden = await parties.hiddenFrom(reader)
      const ids = await store.elementIds(db, type, hidden, after, limit + 1)
      if (!ids.length && after === '') throw unknown(type)
      const { items, next } = cut(ids, limit, id => id)
      const rows = (await store.elementsOf(db, items, hidden)).filter(row => row.vocabulary === type)
      return { items: await Promise.all(rows.map(shown)), next }
    },

    async element(type, uri, reader, at) {
      const hidden = await parties.hiddenFrom(reader)
      const id = codes.unitKey(uri)
      const owner = await store.firstDescriber(db, id, hidden)
      const all = (await store.versionsOf(db, type, id, hidden)).filter(row => row.recorded <= at)
      const newest = all.findLast(row => row.organisation === owner)
      if (!newest) throw unknown(`${type} ${uri}`)
      const versions = await Promise.all(
        all.map(async row => ({ ...(await shown(row)), inForce: row.organisation === owner })),
      )
      return { type, ...(await shown(newest)), versions }
    },
  }
}

function has({ attributes }: store.ElementRow, { names, values }: Attribute): boolean {
  return attributes.some(({ id, attribute }) => {
    if (attribute === undefined || attribute === null) return false
    if (!names.has(id) && !names.has(STANDARD.expand(id) ?? id)) return false
    return values === null || texts(attribute).some(text => values.has(text))
  })
}

/** What a value may be asked for by: of an object itself and, in the form of JSON-LD, the value in it. */
function texts(attribute: unknown): string[] {
  if (typeof attribute !== 'object' || attribute === null) return [String(attribute)]
  const inner = (attribute as Record<string, unknown>)['@value']
  const own = JSON.stringify(attribute)
  return typeof inner === 'string' || typeof inner === 'number' ? [own, String(inner)] : [own]
}

/** Attributes captured before names were stored in full have them as they were sent: with the standard prefix. */
function spellings(names: ReadonlySet<string>): Set<string> {
  const all = new Set(names)
  const full = STANDARD.expand('cbvmda:') ?? ''
  for (const name of names) if (full && name.startsWith(full)) all.add(`cbvmda:${name.slice(full.length)}`)
  return all
}

function grouped(rows: readonly store.ElementRow[]): Map<string, store.ElementRow[]> {
  const groups = new Map<string, store.ElementRow[]>()
  for (const row of rows) {
    const group = groups.get(row.id)
    if (group) group.push(row)
    else groups.set(row.id, [row])
  }
  return groups
}

function cut<T>(items: readonly T[], limit: number, name: (item: T) => string): Listed<T> {
  const last = items[limit - 1]
  return { items: items.slice(0, limit), next: items.length > limit && last !== undefined ? name(last) : null }
}

function unknown(what: string): Problem {
  return new Problem('vocabulary-not-found', { detail: what.slice(0, 2_000) })
}

function tooMany(): Problem {
  return new Problem('query-too-complex', {
    detail: `主数据中符合的条目多于 ${MOST} 个，请缩小范围 more than ${MOST} elements of master data are meant; ask for fewer`,
  })
}
