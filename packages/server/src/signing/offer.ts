import { type EventStatement, openEventSignature, Problem, signerNamed, textOf } from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import type { Queryable } from '../lib/db/db.ts'
import type { NodeCrypto } from '../lib/signing/node-crypto.ts'
import { refusedAt } from './keys.ts'
import { findKey, type KeyRow } from './store.ts'

/** A note whose signature is good, by a key in force; what it covers has still to be seen. */
export interface Offered {
  /** where it stands in the request */
  pointer: string
  key: KeyRow
  note: string
  statement: EventStatement
}

/** Notes with one request. */
const MAX_NOTES = 16
/** A signer's clock may be so far off, in microseconds. */
const SKEW = 10 * 60 * 1_000_000
const POINTER = '/headers/Yuanliu-Signature'

/**
 * Notes in the header of a request: a list of byte sequences (RFC 8941).
 * @throws Problem 400 where it has another form
 */
export function notesIn(header: string): string[] {
  const items = header.split(',').map(item => item.trim())
  if (items.length > MAX_NOTES) throw refused(POINTER, `最多 ${MAX_NOTES} 个签名 at most ${MAX_NOTES} signatures`)
  return items.map((item, i) => {
    const pointer = `${POINTER}/${i}`
    const base64 = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(item)?.[1]
    if (!base64) throw refused(pointer, '应为 :base64: 形式 a byte sequence is expected (RFC 8941), :base64:')
    try {
      return textOf(Buffer.from(base64, 'base64'))
    } catch (error) {
      throw refusedAt(pointer, error)
    }
  })
}

/** Pointer of the note at a place in the header. */
export function pointerOf(i: number): string {
  return `${POINTER}/${i}`
}

/**
 * Believes a note: its key is registered and in force now, its signature is good, its time lies within the key's.
 * @throws Problem 400 that names the place
 */
export async function believe(
  db: Queryable,
  crypto: () => Promise<NodeCrypto>,
  note: string,
  pointer: string,
): Promise<Offered> {
  try {
    const { name, keyId } = signerNamed(note)
    const key = await findKey(db, name, keyId)
    if (!key) throw refused(pointer, `未登记的密钥 the key is not registered: ${name}+${keyId}`)
    demandInForce(key, pointer)
    const statement = await openEventSignature(note, key.key, await crypto())
    demandTime(key, Number(statement.time) * 1_000_000, pointer)
    return { pointer, key, note, statement }
  } catch (error) {
    throw error instanceof Problem ? error : refusedAt(pointer, error)
  }
}

function demandInForce(key: KeyRow, pointer: string): void {
  const at = now()
  const who = `${key.name}+${key.key_id}`
  if (key.revoked !== null) throw revoked(pointer, who)
  if (at < key.valid_from) throw refused(pointer, `密钥尚未生效 the key is not valid yet: ${who}`)
  if (key.valid_until !== null && at >= key.valid_until)
    throw refused(pointer, `密钥已过期 the key has expired: ${who}`)
}

/** The claimed time proves nothing; what contradicts itself is refused all the same. */
function demandTime(key: KeyRow, signed: number, pointer: string): void {
  if (signed > now() + SKEW) throw refused(pointer, '签名时间在将来 the time of signing is in the future')
  const isOutside = signed < key.valid_from - SKEW || (key.valid_until !== null && signed >= key.valid_until + SKEW)
  if (isOutside)
    throw refused(pointer, '签名时间不在密钥有效期内 the time of signing is outside the validity of the key')
}

export function revoked(pointer: string, who: string): Problem {
  return refused(pointer, `密钥已吊销 the key has been revoked: ${who}`)
}

export function refused(pointer: string, message: string): Problem {
  return new Problem('signature-refused', { detail: `${pointer}: ${message}`, errors: [{ pointer, message }] })
}
