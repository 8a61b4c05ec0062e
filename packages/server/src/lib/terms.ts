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
  /** The same without insisting: undefined where the number is not known yet. */
  knownId(text: string | null): number | null | undefined
  /** Makes `textOf` know these numbers. */
  load(ids: Iterable<number | null>): Promise<void>
  textOf(id: number | null): string | null
  /** Number of a text if it is stored, without storing it. */
  find(texts: readonly string[]): Promise<number[]>
}

/** Characters of texts that are remembered, in each of two generations. */
const REMEMBERED = 16 * 1024 * 1024
const ENTRY = 100

interface Generation {
  ids: Map<string, number>
  texts: Map<number, string>
  weight: number
}

/** The dictionary of one process over the table `term`. */
export function createTerms(db: Queryable): Terms {
  // When the young generation is full it becomes the old one, which is forgotten: whoever has just loaded a term and
  // asks for it after others have loaded theirs still finds it.
  let young: Generation = { ids: new Map(), texts: new Map(), weight: 0 }
  let old = young
  const idOf = (text: string) => young.ids.get(text) ?? old.ids.get(text)
  const textOf = (id: number) => young.texts.get(id) ?? old.texts.get(id)
  function age() {
    if (young.weight <= REMEMBERED) return
    old = young
    young = { ids: new Map(), texts: new Map(), weight: 0 }
  }
  function remember(id: number, text: string) {
    young.ids.set(text, id)
    young.texts.set(id, text)
    young.weight += text.length + ENTRY
  }
  async function select(wanted: readonly string[]) {
    const rows = await db.rows<{ id: number; text: string }>(
      sql`select id, text from term where digest = any(${byteaArray(wanted.map(digest))}::bytea[])`,
    )
    for (const row of rows) remember(row.id, row.text)
  }
  return {
    async ensure(all) {
      age()
      const missing = [...new Set(all)].filter(t => !young.ids.has(t))
      if (!missing.length) return
      await db.run(
        sql`insert into term (digest, text)
            select * from unnest(${byteaArray(missing.map(digest))}::bytea[], ${textArray(missing)}::text[])
            order by 1 on conflict (digest) do nothing`,
      )
      await select(missing)
    },
    knownId: text => (text === null ? null : idOf(text)),
    idOf(text) {
      if (text === null) return null
      const id = idOf(text)
      if (id === undefined) throw new Error(`term not ensured: ${text}`)
      return id
    },
    async load(wanted) {
      age()
      const missing = [...new Set(wanted)].filter((id): id is number => id !== null && !young.texts.has(id))
      if (!missing.length) return
      const rows = await db.rows<{ id: number; text: string }>(
        sql`select id, text from term where id = any(${int4Array(missing)}::int[])`,
      )
      for (const row of rows) remember(row.id, row.text)
    },
    textOf: id => (id === null ? null : (textOf(id) ?? null)),
    async find(wanted) {
      const unknown = wanted.filter(t => idOf(t) === undefined)
      if (unknown.length) await select(unknown)
      return wanted.map(idOf).filter(id => id !== undefined)
    },
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
