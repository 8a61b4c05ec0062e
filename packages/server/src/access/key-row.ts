import { timingSafeEqual } from 'node:crypto'
import { isPermission, type Key, type Permission, Problem } from '@yuanliu/core'
import { iso, now } from '../lib/clock.ts'
import type { Actor } from '../lib/http/mount.ts'
import { digestOf } from './key-text.ts'
import type { KeyRow } from './store.ts'

/** The key in `Authorization: Bearer …`. Throws 401. */
export function textOf(authorization: string | undefined): string {
  if (!authorization) {
    throw new Problem('key-missing', {
      detail: 'Send the key as "Authorization: Bearer <key>" 请在请求头中提供密钥',
    })
  }
  const text = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (!text) throw new Problem('key-invalid', { detail: 'The Authorization header has the form "Bearer <key>"' })
  return text
}

/** The row, if it is that of the key's text, not revoked and not expired. Throws 401. */
export function validated(row: KeyRow | undefined, text: string): KeyRow {
  if (!row || !timingSafeEqual(row.digest, digestOf(text))) throw new Problem('key-invalid')
  if (row.revoked !== null) throw new Problem('key-invalid', { detail: 'The key has been revoked 密钥已吊销' })
  if (row.expires !== null && row.expires <= now()) {
    throw new Problem('key-invalid', { detail: `The key expired at ${iso(row.expires)} 密钥已过期` })
  }
  return row
}

/** Who calls with this key. */
export function actorOf(row: KeyRow): Actor {
  return {
    keyId: row.id,
    organisation: row.organisation,
    organisationCode: row.organisation_code,
    permissions: new Set<Permission>(row.permissions.filter(isPermission)),
    lenient: row.capture_mode === 'lenient',
  }
}

/** When a new key is to end, in microseconds; null: never. Throws 400 unless it is in the future. */
export function expiryOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const expires = Date.parse(text) * 1000
  if (expires > now()) return expires
  throw new Problem('invalid-input', {
    errors: [{ pointer: '/expires', message: 'an ISO 8601 instant in the future is expected 应为将来的时间' }],
  })
}

/** A key as it may be shown: nothing of its text. */
export function presentKey(row: KeyRow): Key {
  const time = (t: number | null) => (t === null ? null : iso(t))
  return {
    id: row.id,
    organisation: row.organisation_code,
    label: row.label,
    permissions: row.permissions,
    capture: row.capture_mode,
    sandbox: row.sandbox,
    created: iso(row.created),
    expires: time(row.expires),
    revoked: time(row.revoked),
    lastUsed: time(row.last_used),
  }
}
