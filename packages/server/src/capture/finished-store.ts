import { int2Array, int4Array, int8Array, textArray, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { PackedBatch } from './batch.ts'
import type { NewCapture, Tally } from './job-store.ts'
import type { Settled } from './settle.ts'
import type { Place } from './staging.ts'

/** The row of a small document or a bare event: its job is born finished, all its events are applied. */
export interface Finished extends Omit<NewCapture, 'state'> {
  /** microseconds since 1970 */
  finished: number
  /** number of its `@context` */
  context: number
  header: string
  /** how many events it has */
  events: number
}

/**
 * What the captures of a transaction have to write of themselves: rows born finished in one statement, jobs each its own.
 * @param settled what became of the events of each; null: all were new
 */
export async function recordCaptures(
  tx: Queryable,
  batches: readonly PackedBatch[],
  tallies: readonly Omit<Tally, 'applied'>[],
  settled: readonly (readonly Settled[])[] | null,
): Promise<void> {
  const born: Finished[] = []
  const counts: Omit<Tally, 'applied'>[] = []
  const firsts: (Place | undefined)[] = []
  const jobs: Promise<void>[] = []
  for (const [i, { record, sign, packed }] of batches.entries()) {
    const tally = tallies[i] as (typeof tallies)[0]
    if (typeof record === 'function') jobs.push(record(tx, tally, settled?.[i] ?? null))
    else {
      born.push(record)
      counts.push(tally)
      firsts.push(packed.isShared ? packed.places[0] : undefined)
    }
    if (sign) jobs.push(sign(tx, settled?.[i] ?? null))
  }
  if (born.length) jobs.push(insertFinished(tx, born, counts, firsts))
  await Promise.all(jobs)
}

/**
 * @param counts what became of the events of each
 * @param firsts where the first event of each is, if its block is shared
 */
async function insertFinished(
  tx: Queryable,
  c: readonly Finished[],
  counts: readonly Omit<Tally, 'applied'>[],
  firsts: readonly (Place | undefined)[],
): Promise<void> {
  await tx.run(
    sql`insert into capture (id, number, organisation, may_void, lenient, behaviour, state, created, process, finished, context, header, events, applied,
          accepted, duplicate, conflict, block, slot)
        select id, number, organisation, may_void <> 0, lenient <> 0, behaviour, 'done', created, process, finished, context, header, events, events,
          accepted, duplicate, conflict, block, slot
        from unnest(${uuidArray(c.map(r => r.id))}::uuid[], ${int4Array(c.map(r => r.number))}::int[],
          ${int4Array(c.map(r => r.organisation))}::int[], ${int2Array(c.map(r => Number(r.mayVoid)))}::smallint[],
          ${int2Array(c.map(r => Number(r.lenient)))}::smallint[], ${textArray(c.map(r => r.behaviour))}::text[],
          ${int8Array(c.map(r => r.created))}::bigint[], ${int4Array(c.map(r => r.process))}::int[],
          ${int8Array(c.map(r => r.finished))}::bigint[], ${int4Array(c.map(r => r.context))}::int[],
          ${textArray(c.map(r => r.header))}::text[], ${int4Array(c.map(r => r.events))}::int[],
          ${int4Array(counts.map(r => r.accepted))}::int[], ${int4Array(counts.map(r => r.duplicate))}::int[],
          ${int4Array(counts.map(r => r.conflict))}::int[], ${int8Array(firsts.map(r => r?.block ?? null))}::bigint[],
          ${int2Array(firsts.map(r => r?.slot ?? null))}::smallint[])
          as r (id, number, organisation, may_void, lenient, behaviour, created, process, finished, context, header, events, accepted,
            duplicate, conflict, block, slot)`,
  )
}
