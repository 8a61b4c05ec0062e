import {
  type Codes,
  type Finding,
  openEventSignature,
  Refusal,
  rootOfLeaves,
  sameBytes,
  suite,
  type Words,
} from '@yuanliu/core'
import { readDocuments } from '../events/events.ts'
import type { Queryable } from '../lib/db/db.ts'
import { type NodeCrypto, nodeCrypto } from '../lib/signing/node-crypto.ts'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import * as store from './audit-store.ts'
import { leafHashOf, signableOf, suiteOfKey } from './cover.ts'
import { hashesIn } from './events.ts'

/** What was found of the notes of subjects. */
export interface AuditedSignatures {
  /** notes whose signature, place and events are right */
  signatures: number
  /** statements that stand in the log later than what they say came about */
  late: number
  findings: Finding[]
}

/** Notes that are read at once. */
const CHUNK = 200

/**
 * Checks every note that subjects gave: that its signature is good and by a key registered before and not revoked before,
 * as the log has it; and that what it covers are the events to which it is said to belong. That the statements of the log
 * are those that were logged is checked where its entries are.
 */
export async function auditSignatures(db: Queryable, codes: Codes): Promise<AuditedSignatures> {
  const result: AuditedSignatures = { signatures: 0, late: 0, findings: [] }
  const found = (at: string, words: Words) => result.findings.push({ at, words })
  for (const key of await store.auditedKeys(db)) {
    const at = `signing_key ${key.name}+${key.key_id}`
    if (key.registered_at === null)
      found(at, { zh: '日志中没有其登记', en: 'The log does not say that it was registered' })
    if ((key.revoked === null) !== (key.stated_revoked === null))
      found(at, { zh: '是否吊销与日志不符', en: 'Whether it is revoked is not what the log says' })
    if (key.stated_revoked !== null && key.revoked_at !== null && key.stated_revoked !== key.revoked_at) {
      if (key.stated_revoked > key.revoked_at) result.late++
      else found(at, { zh: '吊销的位置与日志不符', en: 'It is not revoked at the position that the log says' })
    }
  }
  for (const stray of await store.strayStatements(db))
    found(`log_statement ${stray.position}`, { zh: '所指已不存在', en: 'What it is of is not there any more' })

  const crypto = await nodeCrypto()
  for (let after = 0; ; ) {
    const rows = await store.auditedNotes(db, after, CHUNK)
    const last = rows.at(-1)
    if (!last) break
    const events = await store.signedBy(
      db,
      rows.map(r => r.id),
    )
    for (const row of rows) {
      const signed = events.filter(e => e.signature === row.id)
      const words = placeFault(row, result) ?? (await coverFault(db, codes, crypto, row, signed))
      if (words) found(`event_signature ${row.id}`, words)
      else result.signatures++
    }
    after = last.id
  }
  for (const { event } of await store.signedByNobody(db))
    found(`signed_event ${event}`, { zh: '签名不存在', en: 'There is no such signature' })
  return result
}

/** What is wrong with the place of a note in the log. */
function placeFault(row: store.AuditedNote, result: AuditedSignatures): Words | null {
  const { position, stated, registered_at, stated_revoked } = row
  if (stated === null) return { zh: '日志中没有此签名', en: 'The log does not say that it came' }
  if (stated < position) return { zh: '位置与日志不符', en: 'It is not at the position that the log says' }
  if (stated > position) result.late++
  if (registered_at === null || registered_at > stated)
    return { zh: '早于密钥的登记', en: 'It stands before its key was registered' }
  if (stated_revoked !== null && stated_revoked < stated)
    return { zh: '晚于密钥的吊销', en: 'It stands after its key was revoked' }
  return null
}

/** What is wrong with a note itself, the leaves that belong to it, and the events that it is said to sign. */
async function coverFault(
  db: Queryable,
  codes: Codes,
  crypto: NodeCrypto,
  row: store.AuditedNote,
  signed: readonly store.SignedEvent[],
): Promise<Words | null> {
  const id = suiteOfKey(row.key)
  try {
    const { events, root, time } = await openEventSignature(row.note, row.key, crypto)
    const leaves = row.leaves ? hashesIn(row.leaves) : [root]
    const { tree } = suite(id, { hashes: nodeHashes })
    if (events !== leaves.length || (row.leaves && !sameBytes(rootOfLeaves(tree, leaves), root)))
      return { zh: '叶子与签名不符', en: 'Its leaves are not those that were signed' }
    if (Number(time) !== row.signed)
      return { zh: '签名时间与签名不符', en: 'Its time of signing is not the one that was signed' }
    const documents = signed.length ? await readDocuments(db, signed) : []
    for (const [i, { event, leaf, id: eventId }] of signed.entries()) {
      const [wanted, document] = [leaves[leaf], documents[i]]
      const own = document && leafHashOf(id, { ...signableOf(codes, document.reading, document.bytes), id: eventId })
      if (!wanted || !own || !sameBytes(own, wanted))
        return { zh: `不包含事件 ${event}`, en: `It does not cover the event ${event} that is said to be signed` }
    }
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.words
    throw error
  }
}
