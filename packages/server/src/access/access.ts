import { randomBytes, timingSafeEqual } from 'node:crypto'
import { type createKey as createKeyEndpoint, type Input, type Key, PERMISSIONS, Problem } from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import type { Db } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import { refuseUnadmitted } from './admitted.ts'
import { actorOf, expiryOf, presentKey, textOf, validated } from './key-row.ts'
import { digestOf, keyId, newKeyText } from './key-text.ts'
import * as store from './store.ts'

export { isSandboxKey } from './key-text.ts'
export { createOrganisations, type Organisations, readIdentityScheme } from './organisations.ts'
export { createParties, type Parties, type Party, partyAt } from './parties.ts'
export { createSandboxKeys, type SandboxKeys } from './sandbox-keys.ts'

/** How long a key may be believed without asking the database: revocation holds everywhere within this time. */
const TRUST_MS = 4_000
/** `last_used` is written at most this often per key. */
const TOUCH_MS = 60_000
/** Id of the key that YUANLIU_BOOTSTRAP_KEY or the first start sets; its text may have any shape. */
const BOOTSTRAP_ID = 'bootstrap'

interface Remembered {
  row: store.KeyRow | undefined
  fetched: number
}

export interface Access {
  /** The actor behind `Authorization: Bearer …`. Throws 401. */
  authenticate(authorization: string | undefined): Promise<Actor>
  create(draft: Input<typeof createKeyEndpoint>['body']): Promise<Key & { key: string }>
  list(): Promise<Key[]>
  revoke(id: string): Promise<Key>
  /**
   * Makes sure an administration key exists. `keep` gets the text of a new one, before it is valid: a process killed
   * in between leaves a useless text, not a key that nobody knows. True where one was made.
   */
  bootstrap(given: string | null, keep: (text: string) => void): Promise<boolean>
}

/**
 * Access keys: who calls, for which organisation, with which permissions.
 * @param admittedOnly keys that capture are made only for organisations that passed the checks of admission
 */
export function createAccess(db: Db, admittedOnly = false): Access {
  const known = new Map<string, Remembered>()
  const touched = new Map<string, number>()

  async function rowOf(id: string): Promise<store.KeyRow | undefined> {
    const entry = known.get(id)
    if (entry && Date.now() - entry.fetched < TRUST_MS) return entry.row
    const fetched = Date.now() // before the question: the answer is at least this fresh
    const row = await store.findKey(db, id)
    if (known.size > 10_000) known.clear()
    known.set(id, { row, fetched })
    return row
  }

  return {
    async authenticate(authorization) {
      const text = textOf(authorization)
      const id = keyId(text)
      const row = validated((id && (await rowOf(id))) || (await rowOf(BOOTSTRAP_ID)), text)
      if (Date.now() - (touched.get(row.id) ?? 0) > TOUCH_MS) {
        touched.set(row.id, Date.now())
        void store.touchKey(db, row.id, now()).catch(() => touched.delete(row.id))
      }
      return actorOf(row)
    },

    async create(draft) {
      const expires = expiryOf(draft.expires)
      const { id, text } = newKeyText()
      await db.tx(async tx => {
        const organisation = await store.upsertOrganisation(
          tx,
          draft.organisation,
          draft.organisationName ?? draft.organisation,
          now(),
        )
        if (admittedOnly && draft.permissions.includes('capture'))
          refuseUnadmitted(draft.organisation, await store.findAdmission(tx, organisation))
        const fresh = await store.insertKey(tx, {
          id,
          digest: digestOf(text),
          organisation,
          label: draft.label ?? '',
          permissions: [...draft.permissions],
          captureMode: draft.capture ?? 'strict',
          created: now(),
          expires,
        })
        if (!fresh) throw new Problem('busy', { detail: 'The random key id was taken; try again', retryAfter: 1 })
      })
      const row = await store.findKey(db, id)
      if (!row) throw new Error('the key just written is not there')
      return { key: text, ...presentKey(row) }
    },

    async list() {
      return (await store.listKeys(db)).map(presentKey)
    },

    async revoke(id) {
      await store.revokeKey(db, id, now())
      known.delete(id)
      const row = await store.findKey(db, id)
      if (!row) throw new Problem('not-found', { detail: `There is no key ${id}` })
      return presentKey(row)
    },

    async bootstrap(given, keep) {
      const text = given ?? `ylboot_${randomBytes(32).toString('base64url')}`
      const made = await db.tx(async tx => {
        // Locks the organisation's row: of two processes that start at the same time one makes the key.
        const organisation = await store.upsertOrganisation(tx, 'platform', '平台运营方 Platform operator', now())
        const existing = await store.findKey(tx, BOOTSTRAP_ID)
        if (existing && (!given || timingSafeEqual(existing.digest, digestOf(given)))) return false
        if (!existing && !given && (await store.countKeys(tx)) > 0) return false
        if (!given) keep(text)
        await store.replaceKey(tx, {
          id: BOOTSTRAP_ID,
          digest: digestOf(text),
          organisation,
          label: 'bootstrap',
          permissions: [...PERMISSIONS],
          captureMode: 'strict',
          created: now(),
          expires: null,
        })
        return true
      })
      known.delete(BOOTSTRAP_ID)
      return made && !given
    },
  }
}
