import type { SerialAlphabet } from '@yuanliu/core'
import { int4Array, int8Array, textArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { and, type Sql, sql } from '../lib/db/sql.ts'

/** Numbers below a prefix of unit keys. */
export interface SpaceRow {
  id: number
  prefix: string
  /** characters behind the prefix, check character included */
  length: number
  scheme: string
  subject: string
  head: string
  organisation: number
  organisation_code: string
  alphabet: SerialAlphabet
  checked: boolean
  first: number
  next: number
  capacity: number
}

export interface RangeRow {
  id: number
  space: number
  organisation: number
  organisation_code: string
  start: number
  size: number
  count: number
  secret: Buffer | null
  label: string
  created: number
  key_id: string
}

/** Holds every other transaction that wants to make a space of the scheme until this one ends. */
export async function lockScheme(db: Queryable, scheme: string): Promise<void> {
  await db.run(sql`insert into code_scheme (id) values (${scheme}) on conflict (id) do update set id = excluded.id`)
}

const spaceColumns = sql`s.*, o.code as organisation_code from code_space s join organisation o on o.id = s.organisation`

/** The organisation's spaces for what it names, the newest last. */
export function spacesOf(db: Queryable, scheme: string, organisation: number, subject: string): Promise<SpaceRow[]> {
  return db.rows<SpaceRow>(
    sql`select ${spaceColumns} where s.scheme = ${scheme} and s.organisation = ${organisation} and s.subject = ${subject} order by s.id`,
  )
}

/**
 * Spaces of a scheme in which a code of `prefix` might lie, or which lie below it: of two company prefixes one may be
 * the beginning of the other.
 */
export function spacesAround(db: Queryable, scheme: string, prefix: string): Promise<SpaceRow[]> {
  return db.rows<SpaceRow>(
    sql`select ${spaceColumns} where s.scheme = ${scheme} and (starts_with(s.prefix, ${prefix}) or starts_with(${prefix}, s.prefix))`,
  )
}

/** The spaces whose prefix is one of these. */
export function spacesAt(db: Queryable, prefixes: readonly string[]): Promise<SpaceRow[]> {
  return db.rows<SpaceRow>(sql`select ${spaceColumns} where s.prefix = any(${textArray(prefixes)}::text[])`)
}

export type NewSpace = Omit<SpaceRow, 'id' | 'organisation_code'>

export async function insertSpace(db: Queryable, s: NewSpace): Promise<number> {
  const row = await db.row<{ id: number }>(
    sql`insert into code_space (prefix, length, scheme, subject, head, organisation, alphabet, checked, first, next, capacity)
        values (${s.prefix}, ${s.length}, ${s.scheme}, ${s.subject}, ${s.head}, ${s.organisation}, ${s.alphabet}, ${s.checked}, ${s.first}, ${s.next}, ${s.capacity})
        returning id`,
  )
  if (!row) throw new Error('code_space: no row returned')
  return row.id
}

/** A number of an issuer that nobody had before. */
export async function nextIssuer(db: Queryable): Promise<number> {
  const row = await db.row<{ n: number }>(sql`select nextval('code_issuer') as n`)
  if (!row) throw new Error('code_issuer: no row returned')
  return row.n
}

/**
 * Takes the next numbers of a space, from `from` on at least. The row stays locked until the transaction ends.
 * @returns the first of them; null where there are not so many left
 */
export async function takeNumbers(db: Queryable, space: number, size: number, from: number): Promise<number | null> {
  const row = await db.row<{ start: number }>(
    sql`update code_space set next = greatest(next, ${from}) + ${size}
        where id = ${space} and greatest(next, ${from}) + ${size} <= capacity returning next - ${size} as start`,
  )
  return row?.start ?? null
}

export type NewRange = Omit<RangeRow, 'id' | 'organisation_code'>

/** Writes a range; all its codes are `issued`. */
export async function insertRange(db: Queryable, r: NewRange): Promise<number> {
  const row = await db.row<{ id: number }>(
    sql`with made as (
          insert into code_range (space, organisation, start, size, count, secret, label, created, key_id)
          values (${r.space}, ${r.organisation}, ${r.start}, ${r.size}, ${r.count}, ${r.secret}, ${r.label}, ${r.created}, ${r.key_id})
          returning id, count, created)
        insert into code_state (range, first, last, state, since)
        select id, 0, count - 1, 'issued', created from made returning range as id`,
  )
  if (!row) throw new Error('code_range: no row returned')
  return row.id
}

export interface RangeAndSpace {
  range: RangeRow
  space: SpaceRow
}

const rangeColumns = sql`r.*, o.code as organisation_code from code_range r join organisation o on o.id = r.organisation`

/** Ranges with their spaces, newest first; `organisation` null: everybody's. */
export async function listRanges(
  db: Queryable,
  organisation: number | null,
  before: number | null,
  limit: number,
): Promise<RangeAndSpace[]> {
  const where: Sql[] = []
  if (organisation !== null) where.push(sql`r.organisation = ${organisation}`)
  if (before !== null) where.push(sql`r.id < ${before}`)
  return withSpaces(
    db,
    await db.rows<RangeRow>(sql`select ${rangeColumns} where ${and(where)} order by r.id desc limit ${limit}`),
  )
}

export async function findRange(db: Queryable, id: number): Promise<RangeAndSpace | undefined> {
  const [found] = await withSpaces(db, await db.rows<RangeRow>(sql`select ${rangeColumns} where r.id = ${id}`))
  return found
}

async function withSpaces(db: Queryable, ranges: RangeRow[]): Promise<RangeAndSpace[]> {
  const ids = [...new Set(ranges.map(range => range.space))]
  const spaces = await db.rows<SpaceRow>(sql`select ${spaceColumns} where s.id = any(${int4Array(ids)}::int[])`)
  const byId = new Map(spaces.map(space => [space.id, space]))
  return ranges.flatMap(range => {
    const space = byId.get(range.space)
    return space ? [{ range: { ...range, secret: range.secret && Buffer.from(range.secret) }, space }] : []
  })
}

/** The last range of each space that begins at or before the place, in the order of the places; null: none does. */
export async function rangesAt(
  db: Queryable,
  places: readonly { space: number; place: number }[],
): Promise<(RangeRow | null)[]> {
  const rows = await db.rows<RangeRow & { ordinal: number }>(
    sql`select r.*, o.code as organisation_code, p.ordinal
        from unnest(${int4Array(places.map(p => p.space))}::int[], ${int8Array(places.map(p => p.place))}::bigint[])
          with ordinality as p (at, place, ordinal)
        cross join lateral (
          select * from code_range where space = p.at and start <= p.place order by start desc limit 1) r
        join organisation o on o.id = r.organisation`,
  )
  const byOrdinal = new Map(rows.map(row => [row.ordinal, row]))
  return places.map((_, i) => {
    const row = byOrdinal.get(i + 1)
    return row ? { ...row, secret: row.secret && Buffer.from(row.secret) } : null
  })
}

/** False where the organisation has used the word for a request before; waits for one that is under way. */
export async function claimRequest(
  db: Queryable,
  organisation: number,
  request: string,
  digest: Buffer,
): Promise<boolean> {
  const written = await db.run(
    sql`insert into code_request (organisation, request, digest) values (${organisation}, ${request}, ${digest})
        on conflict (organisation, request) do nothing`,
  )
  return written === 1
}

export function findRequest(
  db: Queryable,
  organisation: number,
  request: string,
): Promise<{ digest: Buffer; range: number | null } | undefined> {
  return db.row(
    sql`select digest, range from code_request where organisation = ${organisation} and request = ${request}`,
  )
}

export async function finishRequest(
  db: Queryable,
  organisation: number,
  request: string,
  range: number,
): Promise<void> {
  await db.run(
    sql`update code_request set range = ${range} where organisation = ${organisation} and request = ${request}`,
  )
}
