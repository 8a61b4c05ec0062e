import { hash } from 'node:crypto'
import {
  type Codes,
  canonicalLinks,
  contextOf,
  eventLeaf,
  Problem,
  parseVerifierKey,
  Refusal,
  rootOfLeaves,
  type SignableEvent,
  type SuiteId,
  sameBytes,
  signableEvent,
  suite,
  suiteOf,
} from '@yuanliu/core'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import { type EventReading, eventReading } from '../lib/xml/stored-context.ts'
import { refusedAt } from './keys.ts'
import { type Offered, refused } from './offer.ts'

/** Events of a document that is signed: each is read a second time. A larger document is signed in parts. */
export const SIGNED_EVENTS = 10_000
/** After so many the others get a turn. */
const TURN = 250

/** A note, and which events of its document it signs. */
export interface Signed extends Offered {
  /** ordinal of the one event; null: all, in their order */
  only: number | null
  /** leaf hashes of all, 32 bytes each; null where it is one */
  leaves: Buffer | null
}

export interface Cover {
  /** Takes the next event of the document. */
  add(event: { ordinal: number; bytes: Buffer }): Promise<void>
  /** Which events each note signs. @throws Problem 400 for one that signs nothing here */
  done(): Signed[]
}

export function suiteOfKey(key: string): SuiteId {
  return suiteOf(parseVerifierKey(key))
}

/** What is signed of an event, from its bytes. */
export function signableOf(codes: Codes, reading: EventReading, bytes: Buffer): SignableEvent {
  const value = reading.value(bytes)
  const context = contextOf(reading.context, value['@context'])
  return signableEvent(value, context, {
    sha256: text => hash('sha256', text, 'hex'),
    toDigitalLink: canonicalLinks(codes),
  })
}

/** Leaf hash of an event under a suite. */
export function leafHashOf(id: SuiteId, event: SignableEvent): Uint8Array {
  const { tree, hashName } = suite(id, { hashes: nodeHashes })
  return tree.leaf(eventLeaf(nodeHashes[hashName], event))
}

/** Finds out what the notes of a capture sign. @param context as stored */
export function coverOf(codes: Codes, context: string, offered: readonly Offered[]): Cover {
  const reading = eventReading(context)
  const wanted = [...new Set(offered.map(o => suiteOfKey(o.key.key)))]
  const leaves = new Map<SuiteId, Uint8Array[]>(wanted.map(id => [id, []]))
  const ordinals: number[] = []
  return {
    async add({ ordinal, bytes }) {
      if (ordinals.length >= SIGNED_EVENTS) {
        const detail = `签名的文档最多包含 ${SIGNED_EVENTS} 个事件 a signed document has at most ${SIGNED_EVENTS} events`
        throw new Problem('too-large', { detail })
      }
      if (ordinals.length % TURN === TURN - 1) await new Promise(resolve => setImmediate(resolve))
      ordinals.push(ordinal)
      const event = signableOf(codes, reading, bytes)
      for (const id of wanted) (leaves.get(id) as Uint8Array[]).push(leafHashAt(id, event, ordinal))
    },
    done: () =>
      offered.map(one => {
        const own = leaves.get(suiteOfKey(one.key.key)) as Uint8Array[]
        const { events, root } = one.statement
        if (events === 1) {
          const at = own.findIndex(leaf => sameBytes(leaf, root))
          if (at >= 0) return { ...one, only: ordinals[at] as number, leaves: null }
        }
        const { tree } = suite(suiteOfKey(one.key.key), { hashes: nodeHashes })
        if (events === own.length && sameBytes(rootOfLeaves(tree, own), root))
          return { ...one, only: null, leaves: Buffer.concat(own) }
        throw refused(
          one.pointer,
          `签名与所提交的内容不符 the signature is of other content (${own.length} events here, ${events} signed)`,
        )
      }),
  }
}

function leafHashAt(id: SuiteId, event: SignableEvent, ordinal: number): Uint8Array {
  try {
    return leafHashOf(id, event)
  } catch (error) {
    throw error instanceof Refusal ? refusedAt(`/epcisBody/eventList/${ordinal}`, error) : error
  }
}
