import type { SubjectKind } from '@yuanliu/core'
import { int2Array, int4Array, int4Column, uuidArray } from '../lib/db/binary.ts'
import type { Queryable } from '../lib/db/db.ts'
import { type Sql, sql } from '../lib/db/sql.ts'

export interface KeyRow {
  id: number
  organisation: number
  organisation_code: string
  kind: SubjectKind
  key: string
  name: string
  key_id: string
  label: string
  valid_from: number
  valid_until: number | null
  registered: number
  revoked: number | null
  /** capture position */
  revoked_at: number | null
  /** positions of what the log says of it; null where it says nothing */
  stated_registered: number | null
  stated_revoked: number | null
}

export type NewKey = Omit<
  KeyRow,
  'id' | 'organisation_code' | 'revoked' | 'revoked_at' | 'stated_registered' | 'stated_revoked'
>

export async function organisationId(db: Queryable, code: string): Promise<number | null> {
  return (await db.row<{ id: number }>(sql`select id from organisation where code = ${code}`))?.id ?? null
}

/** Its number; null where a key of this name and id is there already. */
export async function insertKey(db: Queryable, k: NewKey): Promise<number | null> {
  const row = await db.row<{ id: number }>(
    sql`insert into signing_key (organisation, kind, key, name, key_id, label, valid_from, valid_until, registered)
        values (${k.organisation}, ${k.kind}, ${k.key}, ${k.name}, ${k.key_id}, ${k.label}, ${k.valid_from}, ${k.valid_until}, ${k.registered})
        on conflict (name, key_id) do nothing returning id`,
  )
  return row?.id ?? null
}

/** Position of what the log says of a key or a note: 1 registered, 2 revoked, 3 the note (docs/adr/0027). */
export const stated = (says: number, subject: Sql): Sql =>
  sql`(select l.position from log_statement l where l.says = ${says}::smallint and l.subject = ${subject})`
const STATED = sql`${stated(1, sql`k.id`)} as stated_registered, ${stated(2, sql`k.id`)} as stated_revoked`
const KEY = sql`select k.*, ${STATED}, o.code as organisation_code from signing_key k join organisation o on o.id = k.organisation`

export function findKey(db: Queryable, name: string, keyId: string): Promise<KeyRow | undefined> {
  return db.row<KeyRow>(sql`${KEY} where k.name = ${name} and k.key_id = ${keyId}`)
}

/** Keys of an organisation in the order of their registration. */
export function keysOf(db: Queryable, organisation: number): Promise<KeyRow[]> {
  return db.rows<KeyRow>(sql`${KEY} where k.organisation = ${organisation} order by k.id`)
}

/** Marks keys of an organisation with that id as revoked; those that are already stay as they are. Gives the others. */
export async function revokeKeys(
  db: Queryable,
  organisation: number,
  keyId: string,
  at: { time: number; position: number },
): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(
    sql`update signing_key set revoked = ${at.time}, revoked_at = ${at.position}
        where organisation = ${organisation} and key_id = ${keyId} and revoked is null returning id`,
  )
  return rows.map(row => row.id)
}

/** Those of the keys that are revoked by now. */
export function revokedAmong(db: Queryable, ids: readonly number[]): Promise<{ id: number }[]> {
  return db.rows(sql`select id from signing_key where id = any(${int4Array(ids)}::int[]) and revoked is not null`)
}

/** A capture position of its own; the clock is held until the transaction ends. */
export async function takePosition(db: Queryable): Promise<number> {
  const row = await db.row<{ position: number }>(
    sql`update capture_clock set position = position + 1 returning position`,
  )
  if (!row) throw new Error('capture_clock is empty')
  return row.position
}

export interface NewSignature {
  key: number
  digest: Buffer
  position: number
  recorded: number
  /** seconds */
  signed: number
  note: string
  leaves: Buffer | null
}

/** The number of a note, and whether it is new or was there before. */
export async function putSignature(db: Queryable, s: NewSignature): Promise<{ id: number; isNew: boolean }> {
  const fresh = await db.row<{ id: number }>(
    sql`insert into event_signature (signing_key, digest, position, recorded, signed, note, leaves)
        values (${s.key}, ${s.digest}, ${s.position}, ${s.recorded}, ${s.signed}, ${s.note}, ${s.leaves})
        on conflict (digest) do nothing returning id`,
  )
  const row = fresh ?? (await db.row<{ id: number }>(sql`select id from event_signature where digest = ${s.digest}`))
  if (!row) throw new Error('event_signature: the note just written is not there')
  return { id: row.id, isNew: fresh !== undefined }
}

export interface SignedRow {
  /** 32 hex digits */
  event: string
  part: number
  /** place in the tree */
  leaf: number
}

export async function insertSigned(db: Queryable, signature: number, rows: readonly SignedRow[]): Promise<void> {
  if (!rows.length) return
  const leaf = int4Column(rows.length)
  for (const row of rows) leaf.add(row.leaf)
  await db.run(
    sql`insert into signed_event (event, part, signature, leaf)
        select event, part, ${signature}::bigint, leaf
        from unnest(${uuidArray(rows.map(r => r.event))}::uuid[], ${int2Array(rows.map(r => r.part))}::smallint[], ${leaf.done()}::int[])
          as r (event, part, leaf)
        on conflict do nothing`,
  )
}

/** An event as it is looked up to be signed. */
export interface SignableRow {
  id: string
  block: number
  slot: number
  context: number
}

export function signableEvent(db: Queryable, key: string, hidden: readonly number[]): Promise<SignableRow | undefined> {
  return db.row<SignableRow>(
    sql`select e.id, e.block, e.slot, e.context from event e
        where e.key = ${key}::uuid and e.part = 0 and e.organisation <> all(${int4Array(hidden)}::int[])`,
  )
}

export interface SignatureRow extends KeyRow {
  organisation_name: string
  signing_key: number
  position: number
  recorded: number
  signed: number
  note: string
  leaves: Buffer | null
  leaf: number
  stated: number | null
}

/** Signatures of an event (part 0), in the order of their places. */
export function signaturesOf(db: Queryable, event: string): Promise<SignatureRow[]> {
  return db.rows<SignatureRow>(
    sql`select k.*, ${STATED}, ${stated(3, sql`s.id`)} as stated, o.code as organisation_code, o.name as organisation_name, s.signing_key, s.position, s.recorded, s.signed, s.note, s.leaves, e.leaf
        from signed_event e join event_signature s on s.id = e.signature join signing_key k on k.id = s.signing_key
          join organisation o on o.id = k.organisation
        where e.event = ${event}::uuid and e.part = 0 order by s.position`,
  )
}

/** What is known of an event beside what it says: a signature, or (without a key) that another reporter contradicts it. */
export interface AttestationRow {
  event: string
  organisation: number
  code: string | null
  name: string | null
  kind: SubjectKind | null
  key: string | null
  signed: number | null
}

/** Whether anything was signed, or contradicted, at all. */
export async function areAttested(db: Queryable): Promise<boolean> {
  const row = await db.row<{ some: boolean }>(
    sql`select exists (select from signed_event)
          or exists (select from event_conflict where organisation <> first_organisation) as some`,
  )
  return row?.some ?? false
}

/** Signatures of events (part 0), and who sent other content under their ids, up to a capture position. */
export function attestationRows(db: Queryable, events: readonly string[], upTo: number): Promise<AttestationRow[]> {
  const keys = uuidArray(events)
  return db.rows<AttestationRow>(
    sql`(select replace(e.event::text, '-', '') as event, k.organisation, o.code, o.name, k.kind, k.key, s.signed
          from signed_event e join event_signature s on s.id = e.signature join signing_key k on k.id = s.signing_key
            join organisation o on o.id = k.organisation
          where e.event = any(${keys}::uuid[]) and e.part = 0 and s.position <= ${upTo}::bigint order by s.position)
        union all
        select distinct replace(x.key::text, '-', ''), x.organisation, null, null, null, null, null::bigint from event_conflict x
          where x.key = any(${keys}::uuid[]) and x.organisation <> x.first_organisation
            and coalesce(x.position, 0) <= ${upTo}::bigint`,
  )
}
