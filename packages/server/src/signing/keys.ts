import {
  checkPossession,
  formatVerifierKey,
  type Input,
  isSubjectKey,
  Problem,
  parseTime,
  parseVerifierKey,
  Refusal,
  type registerSigningKey,
  type SigningKeyRecord,
  suiteOf,
  type VerifierKey,
} from '@yuanliu/core'
import { iso, now } from '../lib/clock.ts'
import type { Db } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import type { NodeCrypto } from '../lib/signing/node-crypto.ts'
import type { HandOver } from '../log/log.ts'
import * as store from './store.ts'

export interface SigningKeys {
  /** Registers a key. Throws 400 with the place that is wrong, 403, 404, 409 where it is registered already. */
  register(
    organisation: string,
    draft: Input<typeof registerSigningKey>['body'],
    actor: Actor,
  ): Promise<SigningKeyRecord>
  /** Keys of an organisation, revoked ones too. Throws 404. */
  list(organisation: string): Promise<SigningKeyRecord[]>
  /** Revokes; once revoked, the moment stays. Throws 403, 404. */
  revoke(organisation: string, keyId: string, actor: Actor): Promise<SigningKeyRecord>
}

/** What the log is told of keys and notes. */
export type Statements = Pick<HandOver, 'state' | 'wake'>

/** Public keys of subjects that sign. */
export function createSigningKeys(db: Db, crypto: () => Promise<NodeCrypto>, log: Statements): SigningKeys {
  async function idOf(organisation: string): Promise<number> {
    const id = await store.organisationId(db, organisation)
    if (id === null) throw new Problem('not-found', { detail: `There is no organisation ${organisation}` })
    return id
  }

  return {
    async register(organisation, draft, actor) {
      demandOwn(organisation, actor)
      const kind = draft.kind ?? 'enterprise'
      if (kind !== 'enterprise' && !actor.permissions.has('admin')) {
        throw new Problem('permission-missing', {
          detail: `"admin" registers keys of a ${kind} body 此类主体的密钥由管理员登记`,
          permission: 'admin',
        })
      }
      const id = await idOf(organisation)
      const key = keyIn(draft.key, organisation)
      const text = formatVerifierKey(key)
      try {
        await checkPossession(draft.possession, organisation, text, await crypto())
      } catch (error) {
        throw refusedAt('/possession', error)
      }
      const from = timeAt('/validFrom', draft.validFrom) ?? now()
      const until = timeAt('/validUntil', draft.validUntil)
      if (until !== null && until <= from) throw wrong('/validUntil', '应晚于 validFrom later than validFrom')
      const row = {
        organisation: id,
        kind,
        key: text,
        name: key.name,
        key_id: key.keyId,
        label: draft.label ?? '',
        valid_from: from,
        valid_until: until,
        registered: now(),
      }
      const isNew = await db.tx(async tx => {
        const position = await store.takePosition(tx)
        const subject = await store.insertKey(tx, row)
        if (subject !== null) await log.state(tx, [{ says: 'key-registered', subject, position }])
        return subject !== null
      })
      if (!isNew) throw new Problem('already-exists', { detail: `${key.name}+${key.keyId} is registered 该密钥已登记` })
      log.wake()
      const stored = await store.findKey(db, key.name, key.keyId)
      if (!stored) throw new Error('the key just registered is not there')
      return present(stored)
    },

    async list(organisation) {
      return (await store.keysOf(db, await idOf(organisation))).map(present)
    },

    async revoke(organisation, keyId, actor) {
      demandOwn(organisation, actor)
      const id = await idOf(organisation)
      const known = (await store.keysOf(db, id)).some(k => k.key_id === keyId)
      if (!known) throw new Problem('signing-key-not-found', { detail: `${organisation}: ${keyId}` })
      // Under the capture clock: what is captured is before it or after it.
      await db.tx(async tx => {
        const position = await store.takePosition(tx)
        const revoked = await store.revokeKeys(tx, id, keyId, { time: now(), position })
        for (const [i, subject] of revoked.entries())
          await log.state(tx, [
            { says: 'key-revoked', subject, position: i === 0 ? position : await store.takePosition(tx) },
          ])
      })
      log.wake()
      const row = (await store.keysOf(db, id)).find(k => k.key_id === keyId)
      if (!row) throw new Error('the key just revoked is not there')
      return present(row)
    },
  }
}

function demandOwn(organisation: string, actor: Actor): void {
  if (actor.permissions.has('admin') || actor.organisationCode === organisation) return
  throw new Problem('permission-missing', {
    detail: `"admin" is needed for another organisation's keys 管理其他单位的密钥需要 admin`,
    permission: 'admin',
  })
}

/** The key, of one of the two suites and named after its organisation: so nobody can take another's name. */
function keyIn(text: string, organisation: string): VerifierKey {
  let key: VerifierKey
  try {
    key = parseVerifierKey(text)
  } catch (error) {
    throw refusedAt('/key', error)
  }
  if (!isSubjectKey(key)) throw refusedAt('/key', new Refusal('algorithm-unknown', key.algorithm.id))
  if (key.name === organisation || key.name.startsWith(`${organisation}/`)) return key
  throw wrong(
    '/key',
    `密钥名称应为 ${organisation} 或以 ${organisation}/ 开头 the key's name is ${organisation} or begins with ${organisation}/`,
  )
}

function timeAt(pointer: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const time = parseTime(text)
  if (time === null) throw wrong(pointer, '应为带时区的时间 an ISO 8601 instant is expected')
  return time
}

function wrong(pointer: string, message: string): Problem {
  return new Problem('invalid-input', { errors: [{ pointer, message }] })
}

/** A refusal as a problem that names the place; anything else is thrown as it is. */
export function refusedAt(pointer: string, error: unknown): Problem {
  if (!(error instanceof Refusal)) throw error
  const { zh, en } = error.words
  return new Problem('signature-refused', {
    detail: `${pointer}: ${zh} ${en}`,
    errors: [{ pointer, message: `${zh} ${en}`, code: error.kind }],
  })
}

function present(row: store.KeyRow): SigningKeyRecord {
  const time = (at: number | null) => (at === null ? null : iso(at))
  return {
    keyId: row.key_id,
    key: row.key,
    organisation: row.organisation_code,
    kind: row.kind,
    suite: suiteOf(parseVerifierKey(row.key)),
    label: row.label,
    validFrom: iso(row.valid_from),
    validUntil: time(row.valid_until),
    registered: iso(row.registered),
    revoked: time(row.revoked),
    revokedAt: row.revoked_at,
    stated: { registered: row.stated_registered, revoked: row.stated_revoked },
  }
}
