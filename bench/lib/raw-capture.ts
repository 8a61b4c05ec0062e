import { textArray, uuidArray } from '../../packages/server/src/lib/db/binary.ts'
import type { Db } from '../../packages/server/src/lib/db/db.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import type { CaptureDocument } from './capture-documents.ts'

/** The parameters of one transaction, ready to be sent. */
export interface RawBatch {
  ids: Buffer
  texts: Buffer
  units: Buffer
  unitIds: Buffer
}

/** The same content as a document, as binary array parameters. */
export function rawBatch(document: CaptureDocument): RawBatch {
  const each = document.units.length / document.ids.length
  return {
    ids: uuidArray(document.ids),
    texts: textArray(document.texts),
    units: textArray(document.units),
    unitIds: uuidArray(document.units.map((_, i) => document.ids[Math.floor(i / each)] as string)),
  }
}

export async function createRawTables(db: Db): Promise<void> {
  await db.script(`create table raw_event (id uuid primary key, body text not null);
    create table raw_unit (unit text collate "C" not null, event uuid not null, primary key (unit, event))`)
}

/**
 * The raw limit of capturing: one row (uuid, text) and three rows (text, uuid) an event, with primary keys, one
 * transaction a batch, no validation, nothing computed.
 * @param connections how many batches are on their way at once
 */
export async function writeRaw(db: Db, batches: readonly RawBatch[], connections: number): Promise<void> {
  let next = 0
  async function work(): Promise<void> {
    for (let b = batches[next++]; b; b = batches[next++]) {
      const batch = b
      await db.tx(async tx => {
        await tx.run(
          sql`insert into raw_event (id, body) select * from unnest(${batch.ids}::uuid[], ${batch.texts}::text[])`,
        )
        await tx.run(
          sql`insert into raw_unit (unit, event) select * from unnest(${batch.units}::text[], ${batch.unitIds}::uuid[])`,
        )
      })
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
}

/** Rows that are really there. */
export async function rawCounts(db: Db): Promise<{ events: number; units: number }> {
  const row = await db.row<{ events: number; units: number }>(
    sql`select (select count(*) from raw_event) as events, (select count(*) from raw_unit) as units`,
  )
  return row ?? { events: 0, units: 0 }
}
