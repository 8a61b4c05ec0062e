import { createHash } from 'node:crypto'
import type { Fork as ShownFork } from '@yuanliu/core'
import { iso, now } from './clock.ts'
import type { Queryable } from './db/db.ts'
import { sql } from './db/sql.ts'

/** Forks that were seen: two checkpoints of one log, both signed by it, that cannot both be true. Kept as evidence. */
export interface Fork {
  /** 1 seen as a witness of that log; 2 our own log, as a witness of it showed */
  role: 1 | 2
  origin: string
  /** of role 2: name and key id of the witness */
  witness: string | null
  /** in words */
  reason: string
  held: Uint8Array
  shown: Uint8Array
  /** hashes of a consistency proof in base64, a line each, where the sizes differ */
  proof: string | null
}

/** Evidence that is kept of one log: a hostile one could sign any number of trees. */
const MOST = 100

/** Keeps a fork; false where this one is kept already, or there is enough of this log. */
export async function keepFork(db: Queryable, fork: Fork): Promise<boolean> {
  const digest = createHash('sha256').update(fork.held).update('\0').update(fork.shown).digest()
  const made = await db.run(
    sql`insert into log_fork (digest, recorded, role, origin, witness, reason, held, shown, proof)
        select ${digest}, ${now()}, ${fork.role}::smallint, ${fork.origin}, ${fork.witness}, ${fork.reason},
          ${Buffer.from(fork.held)}, ${Buffer.from(fork.shown)}, ${fork.proof}
        where (select count(*) from log_fork where origin = ${fork.origin}) < ${MOST}
        on conflict (digest) do nothing`,
  )
  return made === 1
}

/** A fork as it was kept; `recorded` in microseconds. */
export interface KeptFork extends Omit<Fork, 'held' | 'shown'> {
  recorded: number
  held: Buffer
  shown: Buffer
}

/** The forks kept in a role, newest first. */
export function readForks(db: Queryable, role: Fork['role'], limit = 20): Promise<KeptFork[]> {
  return db.rows<KeptFork>(
    sql`select recorded, role, origin, witness, reason, held, shown, proof from log_fork
        where role = ${role}::smallint order by recorded desc, digest limit ${limit}`,
  )
}

/** How many forks are kept in a role. */
export async function countForks(db: Queryable, role: Fork['role']): Promise<number> {
  return (await db.row<{ n: number }>(sql`select count(*) as n from log_fork where role = ${role}::smallint`))?.n ?? 0
}

/** A fork as the interfaces show it. */
export function showFork({ origin, recorded, witness, reason, held, shown, proof }: KeptFork): ShownFork {
  return { origin, seen: iso(recorded), witness, reason, held: held.toString(), shown: shown.toString(), proof }
}
