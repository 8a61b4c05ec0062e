import { textArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

export interface LinkRow {
  id: string
  anchor: string
  link_type: string
  href: string
  title: string
  languages: string[]
  media_type: string | null
  context: string[]
  default_as: 'none' | 'single' | 'multi'
  organisation_code: string
  created: number
  valid_from: number | null
  valid_until: number | null
}

export interface AliasRow {
  id: string
  former: string
  former_key: string
  target: string
  kind: string
  since: string | null
  organisation_code: string
  created: number
}

export interface PlatformRow {
  id: string
  match: 'company-prefix' | 'scheme' | 'uri'
  prefix: string
  name_zh: string
  name_en: string
  home: string
  query: string | null
  state: 'active' | 'paused' | 'closed'
  organisation_code: string
  created: number
}

/** How often links, aliases and platforms have changed. */
export async function revision(db: Queryable): Promise<number> {
  return (await db.row<{ revision: number }>(sql`select revision from resolve_revision`))?.revision ?? 0
}

/** Counts a change; the row stays locked until the transaction ends, so changes are seen in the order of their numbers. */
export async function countChange(db: Queryable): Promise<void> {
  await db.run(sql`update resolve_revision set revision = revision + 1`)
}

/** Links registered at any of these places, the oldest first. */
export function linksAt(db: Queryable, anchors: readonly string[]): Promise<LinkRow[]> {
  return db.rows<LinkRow>(
    sql`select l.*, o.code as organisation_code from resolve_link l join organisation o on o.id = l.organisation
        where l.anchor = any(${textArray(anchors)}::text[]) order by l.created, l.id`,
  )
}

export function linksOf(db: Queryable, organisation: number, after: string, limit: number): Promise<LinkRow[]> {
  return db.rows<LinkRow>(
    sql`select l.*, o.code as organisation_code from resolve_link l join organisation o on o.id = l.organisation
        where l.organisation = ${organisation} and l.id > ${after}::uuid order by l.id limit ${limit}`,
  )
}

export function link(db: Queryable, id: string): Promise<LinkRow | undefined> {
  return db.row<LinkRow>(
    sql`select l.*, o.code as organisation_code from resolve_link l join organisation o on o.id = l.organisation
        where l.id = ${id}::uuid`,
  )
}

export type NewLink = Omit<LinkRow, 'organisation_code'> & { organisation: number }

/** Writes a link in place of the one with the same id. A single default takes over from the one that its place had. */
export async function putLink(db: Queryable, row: NewLink): Promise<void> {
  if (row.default_as === 'single') {
    await db.run(
      sql`update resolve_link set default_as = 'none'
          where anchor = ${row.anchor} and default_as = 'single' and id <> ${row.id}::uuid`,
    )
  }
  await db.run(
    sql`insert into resolve_link (id, anchor, link_type, href, title, languages, media_type, context, default_as,
          organisation, created, valid_from, valid_until)
        values (${row.id}::uuid, ${row.anchor}, ${row.link_type}, ${row.href}, ${row.title},
          ${textArray(row.languages)}::text[], ${row.media_type}, ${textArray(row.context)}::text[], ${row.default_as},
          ${row.organisation}, ${row.created}, ${row.valid_from}, ${row.valid_until})
        on conflict (id) do update set title = excluded.title, default_as = excluded.default_as,
          valid_from = excluded.valid_from, valid_until = excluded.valid_until`,
  )
}

export async function removeLink(db: Queryable, id: string): Promise<void> {
  await db.run(sql`delete from resolve_link where id = ${id}::uuid`)
}

/** Aliases by what was printed, the oldest first. */
export function aliasesFrom(db: Queryable, formerKeys: readonly string[]): Promise<AliasRow[]> {
  return db.rows<AliasRow>(
    sql`select a.*, o.code as organisation_code from resolve_alias a join organisation o on o.id = a.organisation
        where a.former_key = any(${textArray(formerKeys)}::text[]) order by a.created, a.id`,
  )
}

/** Aliases by what they lead to, the oldest first. */
export function aliasesTo(db: Queryable, targets: readonly string[]): Promise<AliasRow[]> {
  return db.rows<AliasRow>(
    sql`select a.*, o.code as organisation_code from resolve_alias a join organisation o on o.id = a.organisation
        where a.target = any(${textArray(targets)}::text[]) order by a.created, a.id`,
  )
}

export function aliasesOf(db: Queryable, organisation: number, after: string, limit: number): Promise<AliasRow[]> {
  return db.rows<AliasRow>(
    sql`select a.*, o.code as organisation_code from resolve_alias a join organisation o on o.id = a.organisation
        where a.organisation = ${organisation} and a.id > ${after}::uuid order by a.id limit ${limit}`,
  )
}

export function alias(db: Queryable, id: string): Promise<AliasRow | undefined> {
  return db.row<AliasRow>(
    sql`select a.*, o.code as organisation_code from resolve_alias a join organisation o on o.id = a.organisation
        where a.id = ${id}::uuid`,
  )
}

/** Writes an alias; one from the same number to the same target keeps its id. */
export async function putAlias(
  db: Queryable,
  row: Omit<AliasRow, 'organisation_code'> & { organisation: number },
): Promise<string> {
  const written = await db.row<{ id: string }>(
    sql`insert into resolve_alias (id, former, former_key, target, kind, since, organisation, created)
        values (${row.id}::uuid, ${row.former}, ${row.former_key}, ${row.target}, ${row.kind}, ${row.since},
          ${row.organisation}, ${row.created})
        on conflict (former_key, target) do update set former = excluded.former, kind = excluded.kind, since = excluded.since
        returning id`,
  )
  if (!written) throw new Error('resolve_alias: no row returned')
  return written.id
}

export async function removeAlias(db: Queryable, id: string): Promise<void> {
  await db.run(sql`delete from resolve_alias where id = ${id}::uuid`)
}

export function platforms(db: Queryable): Promise<PlatformRow[]> {
  return db.rows<PlatformRow>(
    sql`select p.*, o.code as organisation_code from resolve_platform p join organisation o on o.id = p.organisation
        order by p.match, p.prefix`,
  )
}

/** Writes a platform; one of the same prefix keeps its id. */
export async function putPlatform(
  db: Queryable,
  row: Omit<PlatformRow, 'organisation_code'> & { organisation: number },
): Promise<string> {
  const written = await db.row<{ id: string }>(
    sql`insert into resolve_platform (id, match, prefix, name_zh, name_en, home, query, state, organisation, created)
        values (${row.id}::uuid, ${row.match}, ${row.prefix}, ${row.name_zh}, ${row.name_en}, ${row.home}, ${row.query},
          ${row.state}, ${row.organisation}, ${row.created})
        on conflict (match, prefix) do update set name_zh = excluded.name_zh, name_en = excluded.name_en,
          home = excluded.home, query = excluded.query, state = excluded.state
        returning id`,
  )
  if (!written) throw new Error('resolve_platform: no row returned')
  return written.id
}

export async function removePlatform(db: Queryable, id: string): Promise<void> {
  await db.run(sql`delete from resolve_platform where id = ${id}::uuid`)
}

/** The organisation that described each of these first: what is said of it is its to say. */
export async function describers(db: Queryable, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.rows<{ id: string; organisation: number }>(
    sql`select distinct on (id) id, organisation from master_data where id = any(${textArray(ids)}::text[])
        order by id, position, ordinal`,
  )
  return new Map(rows.map(row => [row.id, row.organisation]))
}

/** Which of these units have records: events of their own, or of a lot or item of theirs. */
export async function recorded(db: Queryable, keys: readonly string[]): Promise<Set<string>> {
  const rows = await db.rows<{ key: string }>(
    // "/" and "0" are neighbours in collation C: everything that begins with key/ lies between
    sql`select key from unnest(${textArray(keys)}::text[]) as asked (key)
        where exists (select 1 from event_unit u where u.unit = key and u.role > 0)
           or exists (select 1 from event_unit u where u.unit > key || '/' and u.unit < key || '0' and u.role > 0)`,
  )
  return new Set(rows.map(row => row.key))
}
