import {
  base64,
  type Codes,
  type EventSignature,
  eventLeaf,
  Problem,
  pathOfLeaf,
  sameBytes,
  suite,
  textOf,
} from '@yuanliu/core'
import type { Parties } from '../access/access.ts'
import { eventKey, readDocuments } from '../events/events.ts'
import { iso } from '../lib/clock.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import type { NodeCrypto } from '../lib/signing/node-crypto.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import { leafHashOf, type Signed, signableOf, suiteOfKey } from './cover.ts'
import type { Statements } from './keys.ts'
import { believe, refused } from './offer.ts'
import * as store from './store.ts'

export interface EventParts {
  db: Db
  codes: Codes
  parties: Parties
}

/** The event of an id that this reader may see, as it is signed. @throws Problem 404 */
async function find({ db, codes, parties }: EventParts, id: string, actor: Actor) {
  const hidden = await parties.hiddenFrom({
    organisation: actor.organisation,
    isAdmin: actor.permissions.has('admin'),
  })
  const key = eventKey(id)
  const row = await store.signableEvent(db, key, hidden)
  if (!row) throw new Problem('event-not-found', { detail: `eventID ${id.slice(0, 2_000)}` })
  const [document] = await readDocuments(db, [row])
  if (!document) throw new Error(`event ${key}: its block does not hold it`)
  return { key, event: { ...signableOf(codes, document.reading, document.bytes), id: row.id } }
}

/** Adds a signature to an event that was captured before. */
export async function addSignature(
  parts: EventParts & {
    crypto: () => Promise<NodeCrypto>
    put(tx: Queryable, signed: readonly Signed[]): Promise<number[]>
    log: Statements
  },
  id: string,
  note: string,
  actor: Actor,
): Promise<{ signature: EventSignature; isNew: boolean }> {
  const { db, crypto, put, log } = parts
  const { key, event } = await find(parts, id, actor)
  const offered = await believe(db, crypto, note, '/signature')
  const { events, root } = offered.statement
  if (events !== 1 || !sameBytes(root, leafHashOf(suiteOfKey(offered.key.key), event)))
    throw refused('/signature', '签名的不是这个事件 the signature is not of this event alone, as it is captured here')
  const isNew = await db.tx(async tx => {
    // The clock is taken first: two that add the same one after the other.
    await store.takePosition(tx)
    const before = await store.signaturesOf(tx, key)
    if (before.some(s => s.signing_key === offered.key.id)) return false
    const [signature] = await put(tx, [{ ...offered, only: 0, leaves: null }])
    await store.insertSigned(tx, signature as number, [{ event: key, part: 0, leaf: 0 }])
    return true
  })
  log.wake()
  const rows = await store.signaturesOf(db, key)
  const row = rows.find(s => s.signing_key === offered.key.id)
  if (!row) throw new Error('the signature just written is not there')
  return { signature: present(row, event), isNew }
}

/** Signatures of an event, with all that a stranger needs. */
export async function presentSignatures(parts: EventParts, id: string, actor: Actor): Promise<EventSignature[]> {
  const { key, event } = await find(parts, id, actor)
  const rows = await store.signaturesOf(parts.db, key)
  const { quarantine } = parts.parties
  const parties = quarantine ? await parts.parties.of(rows.map(r => r.organisation)) : null
  return rows.filter(r => parties?.get(r.organisation)?.quarantined !== true).map(row => present(row, event))
}

function present(row: store.SignatureRow, event: Parameters<typeof eventLeaf>[1]): EventSignature {
  const suiteId = suiteOfKey(row.key)
  const { tree, hashName } = suite(suiteId, { hashes: nodeHashes })
  const path = row.leaves ? pathOfLeaf(tree, hashesIn(row.leaves), row.leaf) : []
  return {
    organisation: row.organisation_code,
    name: row.organisation_name,
    kind: row.kind,
    suite: suiteId,
    key: row.key,
    signed: iso(row.signed * 1_000_000),
    received: iso(row.recorded),
    position: row.position,
    revoked: row.revoked_at,
    note: row.note,
    leaf: textOf(eventLeaf(nodeHashes[hashName], event)),
    index: row.leaf,
    path: path.map(base64),
    stated: row.stated,
  }
}

/** Leaf hashes of a note over several events. */
export function hashesIn(leaves: Buffer): Uint8Array[] {
  return Array.from({ length: leaves.length / 32 }, (_, i) => new Uint8Array(leaves.subarray(i * 32, i * 32 + 32)))
}
