import type { Input } from '@yuanliu/core'
import { type Key, type openSandbox, PERMISSIONS, type Permission, Problem } from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import { actorOf, expiryOf, presentKey, textOf, validated } from './key-row.ts'
import { digestOf, keyId, newKeyText } from './key-text.ts'
import * as store from './store.ts'

/** What a key of a sandbox may do there: all but what concerns other organisations. */
const ALLOWED: readonly Permission[] = PERMISSIONS.filter(p => p !== 'admin' && p !== 'oversight')
/** Keys that one sandbox may have. */
const MOST = 50
/** `last_used` is written at most this often per key. */
const TOUCH_MS = 60_000

/** Keys that open the sandbox of their organisation. They are rows of the platform, so a reset leaves them valid. */
export interface SandboxKeys {
  /** Makes one. Throws 400 for an expiry in the past, 413 where there are too many. */
  make(organisation: number, draft: Input<typeof openSandbox>['body']): Promise<Key & { key: string }>
  /** The organisation behind `Authorization: Bearer yls_…`, by what the database says now. Throws 401. */
  authenticate(authorization: string | undefined): Promise<Actor>
  /** Those that are not revoked, oldest first. */
  list(organisation: number): Promise<Key[]>
  /** Revokes all, within a transaction. */
  revokeAll(tx: Queryable, organisation: number): Promise<void>
}

export function createSandboxKeys(db: Db): SandboxKeys {
  const touched = new Map<string, number>()

  return {
    async make(organisation, draft) {
      const expires = expiryOf(draft.expires)
      if ((await store.sandboxKeysOf(db, organisation)).length >= MOST)
        throw new Problem('too-large', { detail: `最多 ${MOST} 把密钥 at most ${MOST} keys; revoke some` })
      const { id, text } = newKeyText('yls')
      const fresh = await store.insertKey(db, {
        id,
        digest: digestOf(text),
        organisation,
        label: draft.label ?? '',
        permissions: [...ALLOWED],
        captureMode: draft.capture ?? 'strict',
        sandbox: true,
        created: now(),
        expires,
      })
      const row = fresh ? await store.findKey(db, id) : undefined
      if (!row) throw new Problem('busy', { detail: 'The random key id was taken; try again', retryAfter: 1 })
      return { key: text, ...presentKey(row) }
    },

    async authenticate(authorization) {
      const text = textOf(authorization)
      const id = keyId(text, 'yls')
      const row = validated(id === null ? undefined : await store.findKey(db, id), text)
      if (!row.sandbox) throw new Problem('key-invalid')
      if (Date.now() - (touched.get(row.id) ?? 0) > TOUCH_MS) {
        if (touched.size > 10_000) touched.clear()
        touched.set(row.id, Date.now())
        void store.touchKey(db, row.id, now()).catch(() => touched.delete(row.id))
      }
      return actorOf(row)
    },

    list: async organisation => (await store.sandboxKeysOf(db, organisation)).map(presentKey),
    revokeAll: (tx, organisation) => store.revokeSandboxKeys(tx, organisation, now()),
  }
}
