import { byteaArray, textArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import { quoted, statement } from './catalogue-store.ts'
import type { Row, Sequence, TableStart } from './format.ts'

/** Indexes and constraints that were taken away, as the statements that make them again. */
export type Rebuild = string[]

/**
 * Takes away what is quicker to build after the rows: indexes, and keys that no foreign key leans on.
 * @returns how to make them again, as they were
 */
export async function dropIndexes(tx: Queryable): Promise<Rebuild> {
  const keys = await tx.rows<{ table: string; name: string; definition: string }>(
    sql`select c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
        from pg_constraint k join pg_class c on c.oid = k.conrelid
        where k.contype in ('p', 'u') and c.relnamespace = 'public'::regnamespace and c.relname <> 'migration'
          and not exists (select from pg_constraint f where f.contype = 'f' and f.conindid = k.conindid)
        order by c.relname, k.conname`,
  )
  const indexes = await tx.rows<{ name: string; definition: string }>(
    sql`select c.relname as name, pg_get_indexdef(c.oid) as definition
        from pg_index i join pg_class c on c.oid = i.indexrelid
        where c.relnamespace = 'public'::regnamespace and not exists (select from pg_constraint k where k.conindid = c.oid)
        order by c.relname`,
  )
  const rebuild: Rebuild = []
  for (const { table, name, definition } of keys) {
    await tx.script(`alter table ${quoted(table)} drop constraint ${quoted(name)}`)
    rebuild.push(`alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`)
  }
  for (const { name, definition } of indexes) {
    await tx.script(`drop index ${quoted(name)}`)
    rebuild.push(definition)
  }
  return rebuild
}

/** Empties every table: migrations put rows into some. */
export async function emptyTables(tx: Queryable, tables: readonly string[]): Promise<void> {
  await tx.script(`truncate ${tables.map(quoted).join(', ')}`)
}

/** Inserts rows of a backup. @returns how many */
export function insertRows(tx: Queryable, { table, columns }: TableStart, rows: readonly Row[]): Promise<number> {
  const isBytes = (i: number) => columns[i]?.type === 'bytea'
  const arrays = columns.map((_, i) =>
    isBytes(i) ? byteaArray(rows.map(row => bytesOf(row[i] ?? null))) : textArray(rows.map(row => row[i] ?? null)),
  )
  const names = columns.map(c => quoted(c.name)).join(', ')
  const values = columns.map(({ type }, i) => (isBytes(i) ? `r.c${i}` : `r.c${i}::${type}`)).join(', ')
  const places = columns.map((_, i) => `$${i + 1}::${isBytes(i) ? 'bytea' : 'text'}[]`).join(', ')
  const heads = columns.map((_, i) => `c${i}`).join(', ')
  return tx.run(
    statement(
      `insert into ${quoted(table)} (${names}) overriding system value select ${values} from unnest(${places}) as r (${heads})`,
      arrays,
    ),
  )
}

function bytesOf(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64')
}

/** Sets a sequence to where it stood. */
export async function setSequence(tx: Queryable, { name, last, called }: Sequence): Promise<void> {
  await tx.rows(sql`select setval(${quoted(name)}::regclass, ${last}::bigint, ${called})`)
}
