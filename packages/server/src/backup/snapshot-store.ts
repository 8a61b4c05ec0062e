import type { Db, Queryable } from '../lib/db/db.ts'
import { quoted, readFacts, readSequences, readTables, statement, type Table } from './catalogue-store.ts'
import type { Header, Row, Sequence } from './format.ts'

/** The database as it was at one moment. */
export interface Snapshot {
  facts: Pick<Header, 'migrations' | 'position' | 'log'>
  tables: Table[]
  sequences: Sequence[]
  /** Rows of a table, some at a time; each table once. */
  rows(table: Table): AsyncGenerator<Row[]>
}

// How values are written as text: the same whatever the server's settings are.
const FORMS = `set transaction isolation level repeatable read, read only;
  set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601'; set local bytea_output = 'hex'`

/** Texts of one answer, in characters: more rows at once where they are short, fewer where they are long. */
const ANSWER = 512 * 1024
const MOST_ROWS = 5_000

const cursorOf = (i: number) => `backup_${i}`

/**
 * Gives `work` the database as it is at one moment, while captures go on.
 *
 * A server reads in a transaction of its own for as long as `work` takes. The embedded database has one connection, which
 * must not be held: a short transaction lets it put every table aside (`with hold`: in memory, then in files of its own),
 * and what was put aside is read between other statements.
 */
export async function withSnapshot<T>(db: Db, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  if (db.kind === 'postgresql') {
    return db.tx(async tx => {
      const seen = await open(tx, false)
      return work({ ...seen, rows: table => fetchAll(tx, seen.tables, table) })
    })
  }
  const seen = await db.tx(tx => open(tx, true))
  try {
    return await work({ ...seen, rows: table => fetchAll(db, seen.tables, table) })
  } finally {
    await db.script('close all').catch(() => {})
  }
}

async function open(tx: Queryable, hold: boolean): Promise<Omit<Snapshot, 'rows'>> {
  await tx.script(FORMS)
  const tables = await readTables(tx)
  // As pg_dump does: no migration of another process changes a table before it is read.
  await tx.script(`lock table ${tables.map(t => quoted(t.name)).join(', ')} in access share mode`)
  for (const [i, { name, columns }] of tables.entries()) {
    const values = columns.map((c, n) => `${quoted(c.name)}${c.type === 'bytea' ? '' : '::text'} as c${n}`)
    await tx.script(
      `declare ${cursorOf(i)} no scroll cursor ${hold ? 'with hold' : ''} for select ${values.join(', ')} from ${quoted(name)}`,
    )
  }
  // Sequences belong to no snapshot: read now they are at or beyond every number in the rows.
  return { facts: await readFacts(tx), tables, sequences: await readSequences(tx) }
}

async function* fetchAll(db: Queryable, tables: readonly Table[], table: Table): AsyncGenerator<Row[]> {
  const cursor = cursorOf(tables.findIndex(t => t.name === table.name))
  const width = table.columns.length
  let count = 16
  for (;;) {
    const found = await db.rows<Record<string, string | Buffer | null>>(statement(`fetch ${count} from ${cursor}`))
    if (!found.length) break
    let size = 1
    const rows = found.map(row => {
      const values: Row = new Array(width)
      for (let i = 0; i < width; i++) {
        const value = row[`c${i}`] ?? null
        const text = Buffer.isBuffer(value) ? value.toString('base64') : value
        size += text?.length ?? 0
        values[i] = text
      }
      return values
    })
    yield rows
    if (found.length < count) break
    count = Math.max(1, Math.min(MOST_ROWS, count * 4, Math.floor((ANSWER * found.length) / size)))
  }
  await db.script(`close ${cursor}`)
}
