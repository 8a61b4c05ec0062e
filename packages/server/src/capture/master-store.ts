import { createHash } from 'node:crypto'
import { byteaArray, int4Array, textArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** One vocabulary element of a document header (EPCIS 2.0 §6.1.1). */
export interface MasterElement {
  /** unit key or URI */
  id: string
  vocabulary: string
  attributes: { id: string; attribute: unknown }[]
  /** unit keys or URIs of the elements directly below */
  children: string[]
}

/** Adds a version of each element whose attributes or children differ from its newest; one statement for all of them. */
export async function insertMasterData(
  db: Queryable,
  elements: readonly MasterElement[],
  from: { organisation: number; recorded: number; position: number },
): Promise<void> {
  const rows = changesWithin(elements)
  await db.run(
    sql`insert into master_data (id, vocabulary, position, ordinal, organisation, recorded, digest, attributes, children)
        select n.id, n.vocabulary, ${from.position}, n.ordinal, ${from.organisation}, ${from.recorded}, n.digest, n.body::jsonb,
          array(select jsonb_array_elements_text(n.children::jsonb))
        from unnest(${textArray(rows.map(r => r.id))}::text[], ${textArray(rows.map(r => r.vocabulary))}::text[],
          ${int4Array(rows.map(r => r.ordinal))}::int[], ${int4Array(rows.map(r => r.nth))}::int[],
          ${byteaArray(rows.map(r => r.digest))}::bytea[], ${textArray(rows.map(r => r.body))}::text[],
          ${textArray(rows.map(r => r.children))}::text[])
          as n (id, vocabulary, ordinal, nth, digest, body, children)
        where n.nth > 0 or n.digest is distinct from (
          select m.digest from master_data m where m.id = n.id and m.vocabulary = n.vocabulary and m.organisation = ${from.organisation}
          order by m.position desc, m.ordinal desc limit 1)`,
  )
}

interface Version {
  id: string
  vocabulary: string
  ordinal: number
  /** how many versions of the same element stand before it in this document */
  nth: number
  digest: Buffer
  body: string
  /** as JSON: arrays of arrays have no binary form here */
  children: string
}

/** The versions of one document; an element that repeats the one before it adds none. */
function changesWithin(elements: readonly MasterElement[]): Version[] {
  const newest = new Map<string, Version>()
  return elements.flatMap(({ id, vocabulary, attributes, children: below }, ordinal) => {
    const body = JSON.stringify(attributes)
    const children = JSON.stringify(below)
    const digest = createHash('sha256')
      .update(below.length ? body + children : body)
      .digest()
    const name = `${vocabulary}\n${id}`
    const before = newest.get(name)
    if (before?.digest.equals(digest)) return []
    const version = { id, vocabulary, ordinal, nth: before ? before.nth + 1 : 0, digest, body, children }
    newest.set(name, version)
    return [version]
  })
}
