import { hash } from 'node:crypto'
import type { Hash, HashName } from '@yuanliu/core'

/**
 * The hashes of the log as fast as Node has them: by the one-shot call, which costs half of a hash object and gives a
 * text in a third of the time of a buffer.
 */
export const nodeHashes: Record<HashName, Hash> = {
  sha256: bytes => Buffer.from(hash('sha256', bytes, 'binary'), 'latin1'),
  sm3: bytes => Buffer.from(hash('sm3', bytes, 'binary'), 'latin1'),
}

/** The same of many messages, 32 bytes each: one buffer for all of their texts. */
export function hashesAlone(name: HashName, messages: readonly Uint8Array[]): Uint8Array {
  return Buffer.from(messages.map(message => hash(name, message, 'binary')).join(''), 'latin1')
}
