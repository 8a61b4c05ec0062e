import type { Queryable } from '../lib/db/db.ts'
import { sql } from '../lib/db/sql.ts'
import type { AdmissionState } from './admitted.ts'

export interface KeyRow {
  id: string
  digest: Buffer
  organisation: number
  organisation_code: string
  label: string
  permissions: string[]
  capture_mode: 'strict' | 'lenient'
  sandbox: boolean
  created: number
  expires: number | null
  revoked: number | null
  last_used: number | null
}

/** The id of an organisation, created when it is new; a name given later replaces an automatic one. */
export async function upsertOrganisation(db: Queryable, code: string, name: string, at: number): Promise<number> {
  const row = await db.row<{ id: number }>(
    sql`insert into organisation (code, name, created) values (${code}, ${name}, ${at})
        on conflict (code) do update set name = case when excluded.name = excluded.code then organisation.name else excluded.name end
        returning id`,
  )
  if (!row) throw new Error('organisation: no row returned')
  return row.id
}

export interface NewKey {
  id: string
  digest: Buffer
  organisation: number
  label: string
  permissions: string[]
  captureMode: 'strict' | 'lenient'
  sandbox?: boolean
  created: number
  expires: number | null
}

/** False when the id is taken. */
export async function insertKey(db: Queryable, key: NewKey): Promise<boolean> {
  const written = await db.run(
    sql`insert into api_key (id, digest, organisation, label, permissions, capture_mode, sandbox, created, expires)
        values (${key.id}, ${key.digest}, ${key.organisation}, ${key.label}, ${key.permissions}, ${key.captureMode}, ${key.sandbox ?? false}, ${key.created}, ${key.expires})
        on conflict (id) do nothing`,
  )
  return written === 1
}

/** Writes the one key whose id is fixed (bootstrap), in place of what it was. */
export async function replaceKey(db: Queryable, key: NewKey): Promise<void> {
  await db.run(
    sql`insert into api_key (id, digest, organisation, label, permissions, capture_mode, created, expires)
        values (${key.id}, ${key.digest}, ${key.organisation}, ${key.label}, ${key.permissions}, ${key.captureMode}, ${key.created}, ${key.expires})
        on conflict (id) do update set digest = excluded.digest, created = excluded.created, revoked = null, expires = null`,
  )
}

export function findKey(db: Queryable, id: string): Promise<KeyRow | undefined> {
  return db.row<KeyRow>(
    sql`select k.*, o.code as organisation_code from api_key k join organisation o on o.id = k.organisation where k.id = ${id}`,
  )
}

export function listKeys(db: Queryable): Promise<KeyRow[]> {
  return db.rows<KeyRow>(
    sql`select k.*, o.code as organisation_code from api_key k join organisation o on o.id = k.organisation order by k.created, k.id`,
  )
}

/** Keys of an organisation's sandbox that are not revoked, oldest first. */
export function sandboxKeysOf(db: Queryable, organisation: number): Promise<KeyRow[]> {
  return db.rows<KeyRow>(
    sql`select k.*, o.code as organisation_code from api_key k join organisation o on o.id = k.organisation
        where k.organisation = ${organisation} and k.sandbox and k.revoked is null order by k.created, k.id`,
  )
}

/** Revokes every key of an organisation's sandbox. */
export async function revokeSandboxKeys(db: Queryable, organisation: number, at: number): Promise<void> {
  await db.run(
    sql`update api_key set revoked = ${at} where organisation = ${organisation} and sandbox and revoked is null`,
  )
}

/** The organisation's last report of admission. */
export async function findAdmission(db: Queryable, organisation: number): Promise<AdmissionState | undefined> {
  const row = await db.row<{ report: AdmissionState }>(
    sql`select report from admission where organisation = ${organisation}`,
  )
  return row?.report
}

export async function countKeys(db: Queryable): Promise<number> {
  return (await db.row<{ n: number }>(sql`select count(*) as n from api_key`))?.n ?? 0
}

export async function revokeKey(db: Queryable, id: string, at: number): Promise<void> {
  await db.run(sql`update api_key set revoked = coalesce(revoked, ${at}) where id = ${id}`)
}

export async function touchKey(db: Queryable, id: string, at: number): Promise<void> {
  await db.run(sql`update api_key set last_used = ${at} where id = ${id}`)
}
