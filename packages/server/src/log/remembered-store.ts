import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'

/** A row of the database that holds a signed checkpoint of a log. */
export interface StoredCheckpoint {
  table: 'log_cosigned' | 'log_anchor'
  suite: number
  /** entries, as the row says beside the checkpoint */
  size: number
  note: Buffer
  /** of an anchor: where it was written down, and the hash that was */
  adapter: string | null
  note_hash: Buffer | null
}

/** Every cosigned and every anchored checkpoint, of whatever suite its row says. */
export function storedCheckpoints(db: Queryable): Promise<StoredCheckpoint[]> {
  return db.rows<StoredCheckpoint>(
    sql`select 'log_cosigned' as table, suite, size, note, null as adapter, null::bytea as note_hash from log_cosigned
        union all select 'log_anchor', suite, size, note, adapter, note_hash from log_anchor order by 1, 2, 3, 5`,
  )
}

/** A stored signature line of a witness. */
export interface StoredLine {
  suite: number
  size: number
  /** name and key id */
  witness: string
  line: Buffer
}

export function storedLines(db: Queryable): Promise<StoredLine[]> {
  return db.rows<StoredLine>(sql`select suite, size, witness, line from log_cosignature order by suite, size, witness`)
}

/** Checkpoints of our own logs that came back from outside: kept as evidence, or as a witness of ourselves. */
export function shownCheckpoints(db: Queryable): Promise<{ place: string; origin: string; note: Buffer }[]> {
  return db.rows(
    sql`select 'log_fork ' || encode(digest, 'hex') || ' held' as place, origin, held as note from log_fork where role = 2
        union all select 'log_fork ' || encode(digest, 'hex') || ' shown', origin, shown from log_fork where role = 2
        union all select 'witness_log ' || origin, origin, note from witness_log where note is not null
        union all select 'witness_log ' || origin || ' cosigned', origin, cosigned from witness_log where cosigned is not null
        order by 1`,
  )
}
