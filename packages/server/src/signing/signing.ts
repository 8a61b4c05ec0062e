import { createHash } from 'node:crypto'
import type { Codes, EventSignature } from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import { now } from '../lib/clock.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import { type NodeCrypto, nodeCrypto } from '../lib/signing/node-crypto.ts'
import { type Attestation, attestationsOf } from './attest.ts'
import { type Cover, coverOf, type Signed } from './cover.ts'
import { addSignature, presentSignatures } from './events.ts'
import { createSigningKeys, type SigningKeys, type Statements } from './keys.ts'
import { believe, notesIn, type Offered, pointerOf, revoked } from './offer.ts'
import * as store from './store.ts'

export type { Attestation } from './attest.ts'
export { auditSignatures } from './audit.ts'
export { type Cover, coverOf, type Signed } from './cover.ts'
export type { Offered } from './offer.ts'

/** Where an event of a signed document was put: its key and part; null: it was not taken. */
export type Placed = { key: string; part: number } | null

/** Detached signatures of subjects over events: docs/adr/0021. */
export interface Signing {
  keys: SigningKeys
  /** The notes of a capture's header, each by a key in force. Throws 400 with the place. */
  offered(header: string | readonly string[] | undefined): Promise<Offered[]>
  /** Finds out which events of a document they sign. @param context as stored */
  cover(context: string, offered: readonly Offered[]): Cover
  /**
   * Keeps notes, each at a capture position of its own: a key that was revoked meanwhile refuses it.
   * @returns their numbers
   */
  put(tx: Queryable, signed: readonly Signed[]): Promise<number[]>
  /** Says which events a note signs. */
  place(
    tx: Queryable,
    signature: number,
    only: number | null,
    events: readonly { ordinal: number; placed: Placed }[],
  ): Promise<void>
  /** Adds a signature to an event that was captured before; false: the key had signed it. Throws 400, 404. */
  add(event: string, note: string, actor: Actor): Promise<{ signature: EventSignature; isNew: boolean }>
  /** Signatures of an event, with what a stranger needs. Throws 404. */
  of(event: string, actor: Actor): Promise<EventSignature[]>
  /** What is known of events beside what they say, by event key; those of which nothing is are left out. */
  attestations(): (events: readonly string[], upTo: number | null) => Promise<ReadonlyMap<string, Attestation>>
}

export function createSigning(parts: { db: Db; codes: Codes; parties: Parties; log: Statements }): Signing {
  const { db, codes, parties, log } = parts
  let made: Promise<NodeCrypto> | null = null
  // Its tests take a moment: only whoever signs waits for them.
  const crypto = () => {
    made ??= nodeCrypto()
    return made
  }

  async function put(tx: Queryable, signed: readonly Signed[]): Promise<number[]> {
    const positions: number[] = []
    for (const _ of signed) positions.push(await store.takePosition(tx))
    // Now that the clock is held, nothing is revoked any more before this ends.
    const keys = signed.map(s => s.key.id)
    const gone = new Set((await store.revokedAmong(tx, keys)).map(row => row.id))
    const numbers: number[] = []
    for (const [i, { pointer, key, note, statement, leaves }] of signed.entries()) {
      if (gone.has(key.id)) throw revoked(pointer, `${key.name}+${key.key_id}`)
      const digest = createHash('sha256').update(note).digest()
      const signedAt = Number(statement.time)
      const position = positions[i] as number
      const { id, isNew } = await store.putSignature(tx, {
        key: key.id,
        digest,
        position,
        recorded: now(),
        signed: signedAt,
        note,
        leaves,
      })
      if (isNew) await log.state(tx, [{ says: 'signature', subject: id, position }])
      numbers.push(id)
    }
    return numbers
  }

  return {
    keys: createSigningKeys(db, crypto, log),
    async offered(header) {
      if (header === undefined) return []
      const notes = notesIn([header].flat().join(','))
      const offered: Offered[] = []
      for (const [i, note] of notes.entries()) offered.push(await believe(db, crypto, note, pointerOf(i)))
      return offered
    },
    cover: (context, offered) => coverOf(codes, context, offered),
    put,
    async place(tx, signature, only, events) {
      const rows = events.flatMap(({ ordinal, placed }) =>
        placed && (only === null || only === ordinal)
          ? [{ event: placed.key, part: placed.part, leaf: only === null ? ordinal : 0 }]
          : [],
      )
      await store.insertSigned(tx, signature, rows)
    },
    add: (event, note, actor) => addSignature({ db, codes, parties, crypto, put, log }, event, note, actor),
    of: (event, actor) => presentSignatures({ db, codes, parties }, event, actor),
    attestations: () => attestationsOf(db, parties),
  }
}
