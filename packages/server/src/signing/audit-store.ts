import { int8Array } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import { stated } from './store.ts'

/** A key, and where the log says what of it. */
export interface AuditedKey {
  name: string
  key_id: string
  revoked: number | null
  revoked_at: number | null
  registered_at: number | null
  stated_revoked: number | null
}

export function auditedKeys(db: Queryable): Promise<AuditedKey[]> {
  return db.rows<AuditedKey>(
    sql`select k.name, k.key_id, k.revoked, k.revoked_at, ${stated(1, sql`k.id`)} as registered_at, ${stated(2, sql`k.id`)} as stated_revoked
        from signing_key k order by k.id`,
  )
}

/** A note, and where the log says what of it and of its key. */
export interface AuditedNote {
  id: number
  position: number
  signed: number
  note: string
  leaves: Buffer | null
  key: string
  stated: number | null
  registered_at: number | null
  stated_revoked: number | null
}

/** Notes behind a number, in order. */
export function auditedNotes(db: Queryable, after: number, limit: number): Promise<AuditedNote[]> {
  return db.rows<AuditedNote>(
    sql`select s.id, s.position, s.signed, s.note, s.leaves, k.key, ${stated(3, sql`s.id`)} as stated,
          ${stated(1, sql`k.id`)} as registered_at, ${stated(2, sql`k.id`)} as stated_revoked
        from event_signature s join signing_key k on k.id = s.signing_key where s.id > ${after} order by s.id limit ${limit}`,
  )
}

/** An event that a note is said to sign, and where it is. */
export interface SignedEvent {
  signature: number
  event: string
  leaf: number
  id: string
  block: number
  slot: number
  context: number
}

/** Events that notes are said to sign. */
export function signedBy(db: Queryable, signatures: readonly number[]): Promise<SignedEvent[]> {
  return db.rows<SignedEvent>(
    sql`select s.signature, s.event::text as event, s.leaf, e.id, e.block, e.slot, e.context
        from signed_event s join event e on e.key = s.event and e.part = s.part
        where s.signature = any(${int8Array(signatures)}::bigint[]) order by s.signature, s.leaf`,
  )
}

/** Events that are said to be signed by a note that there is not, or that there are not themselves: the first of them. */
export function signedByNobody(db: Queryable): Promise<{ event: string }[]> {
  return db.rows(
    sql`select s.event::text as event from signed_event s
        where not exists (select from event_signature n where n.id = s.signature)
          or not exists (select from event e where e.key = s.event and e.part = s.part) limit 100`,
  )
}

/** Statements of the log whose key or note is gone: the first of them. */
export function strayStatements(db: Queryable): Promise<{ position: number }[]> {
  return db.rows(
    sql`select l.position from log_statement l
        where (l.says in (1, 2) and not exists (select from signing_key k where k.id = l.subject))
          or (l.says = 3 and not exists (select from event_signature n where n.id = l.subject)) or l.says not in (1, 2, 3)
        order by l.position limit 100`,
  )
}
