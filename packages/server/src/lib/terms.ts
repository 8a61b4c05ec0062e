import { createHash } from 'node:crypto'
import { byteaArray, int4Array, textArray } from './db/binary.ts'
import type { Queryable } from './db/db.ts'
import { sql } from './db/sql.ts'

/** Texts that many events repeat, as numbers. Rows are only ever added, so what is remembered stays true. */
export interface Terms {
  /** Numbers of all `texts`, new ones written first. Outside the transaction that uses them: an unused term does no harm. */
  ensure(texts: Iterable<string>): Promise<void>
  /** Number of a text that `ensure` has seen; null for null. */
  idOf(text: string | null): number | null
  /** Makes `textOf` know these numbers. */
  load(ids: Iterable<number | null>): Promise<void>
  textOf(id: number | null): string | null
  /** Number of a text if it is stored, without storing it. */
  find(texts: readonly string[]): Promise<number[]>
}

const REMEMBERED = 200_000

/** The dictionary of one process over the table `term`. */
export function createTerms(db: Queryable): Terms {
  const ids = new Map<string, number>()
  const texts = new Map<number, string>()
  function remember(id: number, text: string) {
    ids.set(text, id)
    texts.set(id, text)
  }
  async function select(wanted: readonly string[]) {
    const rows = await db.rows<{ id: number; text: string }>(
      sql`select id, text from term where digest = any(${byteaArray(wanted.map(digest))}::bytea[])`,
    )
    for (const row of rows) remember(row.id, row.text)
  }
  return {
    async ensure(all) {
      if (ids.size > REMEMBERED) {
        ids.clear()
        texts.clear()
      }
      const missing = [...new Set(all)].filter(t => !ids.has(t))
      if (!missing.length) return
      await db.run(
        sql`insert into term (digest, text)
            select * from unnest(${byteaArray(missing.map(digest))}::bytea[], ${textArray(missing)}::text[])
            order by 1 on conflict (digest) do nothing`,
      )
      await select(missing)
    },
    idOf(text) {
      if (text === null) return null
      const id = ids.get(text)
      if (id === undefined) throw new Error(`term not ensured: ${text}`)
      return id
    },
    async load(wanted) {
      const missing = [...new Set(wanted)].filter((id): id is number => id !== null && !texts.has(id))
      if (!missing.length) return
      const rows = await db.rows<{ id: number; text: string }>(
        sql`select id, text from term where id = any(${int4Array(missing)}::int[])`,
      )
      for (const row of rows) remember(row.id, row.text)
    },
    textOf: id => (id === null ? null : (texts.get(id) ?? null)),
    async find(wanted) {
      const unknown = wanted.filter(t => !ids.has(t))
      if (unknown.length) await select(unknown)
      return wanted.map(t => ids.get(t)).filter(id => id !== undefined)
    },
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
