import type { Queryable } from '../lib/db/db.ts'
import { type Sql, sql } from '../lib/db/sql.ts'
import type { Column, Header, Sequence } from './format.ts'

/** What the database says of itself: nothing about tables is written down in the program. */

export interface Table {
  name: string
  columns: Column[]
}

/** Relations that are the program's: in `public`, and of no extension. */
const OURS = sql`c.relnamespace = 'public'::regnamespace and not exists (
  select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`

/** A name as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A statement whose names come from the catalogue, quoted. */
export function statement(text: string, values: unknown[] = []): Sql {
  const strings = text.split(/\$\d+/)
  return { strings, values }
}

/**
 * Every table with the columns that can be written, each behind those that its foreign keys name.
 * @throws where foreign keys go round in a circle
 */
export async function readTables(db: Queryable): Promise<Table[]> {
  const columns = await db.rows<{ table: string; name: string; type: string }>(
    sql`select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and ${OURS}
        order by c.relname, a.attnum`,
  )
  const tables = new Map<string, Table>()
  for (const { table, name, type } of columns) {
    const known = tables.get(table) ?? { name: table, columns: [] }
    tables.set(table, known)
    known.columns.push({ name, type })
  }
  const keys = await db.rows<{ from: string; to: string }>(
    sql`select f.relname as from, t.relname as to from pg_constraint k
        join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
        where f.oid <> t.oid and k.contype = 'f'`,
  )
  const ordered: Table[] = []
  while (tables.size) {
    const free = [...tables.values()].filter(t => !keys.some(k => k.from === t.name && tables.has(k.to)))
    if (!free.length) throw new Error(`Foreign keys go round: ${[...tables.keys()].join(', ')}`)
    for (const table of free) {
      ordered.push(table)
      tables.delete(table.name)
    }
  }
  return ordered
}

/** Where every sequence stands, also those of identity columns. */
export async function readSequences(db: Queryable): Promise<Sequence[]> {
  const names = await db.rows<{ name: string }>(
    sql`select c.relname as name from pg_class c where c.relkind = 'S' and ${OURS} order by c.relname`,
  )
  const sequences: Sequence[] = []
  for (const { name } of names) {
    const row = await db.row<{ last: string; called: boolean }>(
      statement(`select last_value::text as last, is_called as called from ${quoted(name)}`),
    )
    sequences.push({ name, last: row?.last ?? '1', called: row?.called ?? false })
  }
  return sequences
}

/** Names of relations in the schema: none in a database of nobody. */
export async function readRelations(db: Queryable): Promise<string[]> {
  const rows = await db.rows<{ name: string }>(
    sql`select c.relname as name from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'S') and ${OURS} order by c.relname`,
  )
  return rows.map(r => r.name)
}

/** What a backup's header tells of the database, of the same moment as its rows. */
export async function readFacts(db: Queryable): Promise<Pick<Header, 'migrations' | 'position' | 'log'>> {
  const migrations = await db.rows<Header['migrations'][0]>(sql`select id, name, sha256 from migration order by id`)
  const there = new Set(await readRelations(db))
  const clock = there.has('capture_clock')
    ? await db.row<{ position: number }>(sql`select position from capture_clock`)
    : undefined
  const trees = there.has('log_tree')
    ? await db.rows<{ suite: number; origin: string; size: number; note: Buffer }>(
        sql`select suite, origin, size, note from log_tree order by suite`,
      )
    : []
  return {
    migrations,
    position: clock?.position ?? 0,
    log: trees.map(({ suite, origin, size, note }) => ({ suite, origin, size, checkpoint: note.toString('utf8') })),
  }
}
