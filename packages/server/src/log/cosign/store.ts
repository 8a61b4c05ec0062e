import type { Queryable } from '../../lib/db/db.ts'
import { sql } from '../../lib/db/sql.ts'

/** How it stands with a witness. */
export interface WitnessRow {
  witness: string
  held: number
  cosigned: number
  cosigned_s: number | null
  failures: number
  next_ms: number
  error: string | null
  alarm: 'ahead' | 'refused' | null
  alarm_size: number | null
  proved: boolean
}

export const NEW_WITNESS: Omit<WitnessRow, 'witness'> = {
  held: 0,
  cosigned: 0,
  cosigned_s: null,
  failures: 0,
  next_ms: 0,
  error: null,
  alarm: null,
  alarm_size: null,
  proved: false,
}

export function readWitnesses(db: Queryable, suite: number): Promise<WitnessRow[]> {
  return db.rows<WitnessRow>(
    sql`select witness, held, cosigned, cosigned_s, failures, next_ms, error, alarm, alarm_size, proved
        from log_witness where suite = ${suite}::smallint order by witness`,
  )
}

export async function putWitness(db: Queryable, suite: number, w: WitnessRow): Promise<void> {
  await db.run(
    sql`insert into log_witness (suite, witness, held, cosigned, cosigned_s, failures, next_ms, error, alarm, alarm_size, proved)
        values (${suite}::smallint, ${w.witness}, ${w.held}, ${w.cosigned}, ${w.cosigned_s}, ${w.failures}, ${w.next_ms},
          ${w.error}, ${w.alarm}, ${w.alarm_size}, ${w.proved})
        on conflict (suite, witness) do update set held = excluded.held, cosigned = excluded.cosigned,
          cosigned_s = excluded.cosigned_s, failures = excluded.failures, next_ms = excluded.next_ms, error = excluded.error,
          alarm = excluded.alarm, alarm_size = excluded.alarm_size, proved = excluded.proved`,
  )
}

/** A checkpoint that witnesses have cosigned. */
export interface CosignedRow {
  size: number
  note: Buffer
  met: boolean
  /** signature lines of the witnesses, one after the other */
  lines: Buffer
  /** name and key id of each */
  witnesses: string[]
}

export async function putCosignature(
  db: Queryable,
  suite: number,
  { size, note, witness, line }: { size: number; note: Uint8Array; witness: string; line: string },
): Promise<void> {
  await db.run(
    sql`insert into log_cosigned (suite, size, note, met) values (${suite}::smallint, ${size}, ${Buffer.from(note)}, false)
        on conflict (suite, size) do nothing`,
  )
  await db.run(
    sql`insert into log_cosignature (suite, size, witness, line) values (${suite}::smallint, ${size}, ${witness}, ${Buffer.from(line)})
        on conflict (suite, size, witness) do update set line = excluded.line`,
  )
}

/** The cosigned checkpoint of a size. */
export function cosignedAt(db: Queryable, suite: number, size: number): Promise<CosignedRow | undefined> {
  return db.row<CosignedRow>(
    sql`select c.size, c.note, c.met, string_agg(s.line, ''::bytea order by s.witness) as lines,
          array_agg(s.witness order by s.witness) as witnesses
        from log_cosigned c join log_cosignature s on s.suite = c.suite and s.size = c.size
        where c.suite = ${suite}::smallint and c.size = ${size} group by c.size, c.note, c.met`,
  )
}

/** Size of the newest checkpoint whose cosignatures meet the policy; null where there is none. */
export async function metSize(db: Queryable, suite: number): Promise<number | null> {
  const row = await db.row<{ size: number | null }>(
    sql`select max(size) as size from log_cosigned where suite = ${suite}::smallint and met`,
  )
  return row?.size ?? null
}

/** The newest checkpoint whose cosignatures meet the policy, with its lines; null where there is none. */
export async function cosignedNote(db: Queryable, suite: number): Promise<Buffer | null> {
  const size = await metSize(db, suite)
  const row = size === null ? undefined : await cosignedAt(db, suite, size)
  return row ? Buffer.concat([row.note, row.lines]) : null
}

/** Notes that the cosignatures of a size meet the policy. */
export async function setMet(db: Queryable, suite: number, size: number, met: boolean): Promise<void> {
  await db.run(sql`update log_cosigned set met = ${met} where suite = ${suite}::smallint and size = ${size}`)
}

/** All sizes that are kept, and who has cosigned each. */
export function cosigners(
  db: Queryable,
  suite: number,
): Promise<{ size: number; met: boolean; witnesses: string[] }[]> {
  return db.rows(
    sql`select c.size, c.met, array_agg(s.witness) as witnesses
        from log_cosigned c join log_cosignature s on s.suite = c.suite and s.size = c.size
        where c.suite = ${suite}::smallint group by c.size, c.met order by c.size`,
  )
}

/** Forgets cosigned checkpoints below the newest that meets the policy, and all but the newest `most` others. */
export async function forgetCosigned(db: Queryable, suite: number, met: number | null, most: number): Promise<void> {
  await db.run(
    sql`delete from log_cosigned where suite = ${suite}::smallint and size is distinct from ${met}::bigint and (size < ${met}::bigint
          or size <= (select size from log_cosigned where suite = ${suite}::smallint order by size desc offset ${most} limit 1))`,
  )
  await db.run(
    sql`delete from log_cosignature s where suite = ${suite}::smallint
          and not exists (select from log_cosigned c where c.suite = s.suite and c.size = s.size)`,
  )
}

/** Takes a piece of work for so many milliseconds, by the database's clock; false where another process has it. */
export async function takeLease(db: Queryable, name: string, ms: number): Promise<boolean> {
  const taken = await db.run(
    sql`insert into log_lease (name, until_ms) values (${name}, (extract(epoch from clock_timestamp()) * 1000)::bigint + ${ms})
        on conflict (name) do update set until_ms = excluded.until_ms
          where log_lease.until_ms < (extract(epoch from clock_timestamp()) * 1000)::bigint`,
  )
  return taken === 1
}

export async function leaveLease(db: Queryable, name: string): Promise<void> {
  await db.run(sql`update log_lease set until_ms = 0 where name = ${name}`)
}
