import { createHash } from 'node:crypto'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** One vocabulary element of a document header (EPCIS 2.0 §6.1.1). */
export interface MasterElement {
  /** unit key or URI */
  id: string
  vocabulary: string
  attributes: { id: string; attribute: unknown }[]
}

/** Adds a version of each element whose attributes differ from its newest. */
export async function insertMasterData(
  db: Queryable,
  elements: readonly MasterElement[],
  from: { organisation: number; recorded: number; position: number },
): Promise<void> {
  for (const [i, e] of elements.entries()) {
    const body = JSON.stringify(e.attributes)
    const digest = createHash('sha256').update(body).digest()
    await db.run(
      sql`insert into master_data (id, vocabulary, position, ordinal, organisation, recorded, digest, attributes)
          select ${e.id}, ${e.vocabulary}, ${from.position}, ${i}, ${from.organisation}, ${from.recorded}, ${digest}, ${body}::jsonb
          where ${digest}::bytea is distinct from (
            select digest from master_data where id = ${e.id} and vocabulary = ${e.vocabulary} and organisation = ${from.organisation}
            order by position desc, ordinal desc limit 1)`,
    )
  }
}
