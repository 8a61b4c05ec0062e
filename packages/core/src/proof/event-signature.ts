import { base64, fromDecimal, hashFromBase64, hex, sameBytes, textOf, utf8 } from './bytes.ts'
import { compactRange } from './compact-range.ts'
import type { SignBytes } from './cosignature.ts'
import { type KeyAlgorithm, PROJECT_URN, parseVerifierKey, type VerifierKey } from './key.ts'
import { provesInclusion } from './merkle.ts'
import { openNote, parseNote, signNote } from './note.ts'
import { Refusal } from './refusal.ts'
import { noteSigner, noteVerifier } from './signature.ts'
import { type ProofCrypto, suite, suiteOf } from './suite.ts'
import type { Hash, TreeHash } from './tree-hash.ts'

/**
 * Detached signatures of a subject over events (docs/adr/0021): a signed note over the root of a Merkle tree (RFC 9162)
 * whose leaves are the events. One note signs one event or a whole document; each event is proved by itself.
 */

/** First line of what is signed: no other text of the platform begins so. */
export const EVENT_SIGNATURE = `${PROJECT_URN}#event-signature-v1`
/** First line of the text by which a key's holder shows that it has it. */
export const KEY_POSSESSION = `${PROJECT_URN}#key-possession-v1`

/** What is signed of an event. */
export interface SignableEvent {
  /** its id: the `eventID` given, else the event hash */
  id: string
  /** the text over which the event hash is taken (CBV 2.0 §8.9), from `eventPrehash` */
  prehash: string
  /** its `errorDeclaration`, which the event hash leaves out */
  declaration?: unknown
}

/** What a note says. */
export interface EventStatement {
  /** claimed time of signing, POSIX seconds */
  time: bigint
  /** leaves of the tree, at least 1 */
  events: number
  /** 32 bytes */
  root: Uint8Array
}

/** Who signs: its verifier key, and what makes 64 bytes over a message. */
export interface Subject {
  key: VerifierKey
  sign: SignBytes
}

const MAX_EVENTS = 2 ** 31 - 1

/**
 * The leaf entry of an event: its id, H of its prehash and, for an error declaration, H of that as JSON with members in
 * order (RFC 8785), each in a line of its own. H is the hash function of the key's suite.
 */
export function eventLeaf(hash: Hash, { id, prehash, declaration }: SignableEvent): Uint8Array {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are refused
  if (/[\u0000-\u001f]/.test(id)) throw new Refusal('control-character', 'eventID')
  const lines = [id, hex(hash(utf8(prehash)))]
  if (declaration !== undefined) lines.push(hex(hash(utf8(orderedJson(declaration)))))
  return utf8(lines.map(line => `${line}\n`).join(''))
}

/** JSON with the members of objects in the order of their names (RFC 8785). */
export function orderedJson(value: unknown): string {
  return JSON.stringify(value, (_name, v: unknown) =>
    v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )
}

/** Root of the tree over leaf hashes, in their order. */
export function rootOfLeaves(tree: TreeHash, leafHashes: Iterable<Uint8Array>): Uint8Array {
  const range = compactRange(tree)
  for (const leaf of leafHashes) range.append(leaf)
  return range.root()
}

/** Audit path of the leaf at `index` (RFC 9162 §2.1.3.1), the sibling of the leaf first. */
export function pathOfLeaf(tree: TreeHash, leafHashes: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!(index >= 0 && index < leafHashes.length)) throw new Refusal('range-wrong', `index ${index}`)
  const path: Uint8Array[] = []
  let [start, end] = [0, leafHashes.length]
  while (end - start > 1) {
    let half = 1
    while (half * 2 < end - start) half *= 2
    const middle = start + half
    const isLeft = index < middle
    path.unshift(rootOfLeaves(tree, isLeft ? leafHashes.slice(middle, end) : leafHashes.slice(start, middle)))
    if (isLeft) end = middle
    else start = middle
  }
  return path
}

/** The text that is signed. */
export function statementText({ time, events, root }: EventStatement): string {
  return `${EVENT_SIGNATURE}\ntime ${time}\nevents ${events}\n${base64(root)}\n`
}

/** Reads the text of a note; refuses every other spelling. */
export function parseStatement(text: string): EventStatement {
  const [first, timeLine = '', eventsLine = '', root = '', end, more] = text.split('\n')
  if (first !== EVENT_SIGNATURE) throw new Refusal('statement-shape', 'line 1')
  if (!timeLine.startsWith('time ')) throw new Refusal('statement-shape', 'line 2')
  if (!eventsLine.startsWith('events ')) throw new Refusal('statement-shape', 'line 3')
  if (end !== '' || more !== undefined) throw new Refusal('statement-shape', 'line 5')
  const time = fromDecimal(timeLine.slice(5), 'line 2')
  const events = Number(fromDecimal(eventsLine.slice(7), 'line 3'))
  if (events < 1 || events > MAX_EVENTS) throw new Refusal('range-wrong', 'line 3')
  return { time, events, root: hashFromBase64(root, 'line 4') }
}

/** Algorithms with which a subject signs: those of the two suites, not those of witnesses. */
export function isSubjectKey({ algorithm }: { algorithm: KeyAlgorithm }): boolean {
  return algorithm.cosignatureHeader === null && algorithm.scheme !== 'ml-dsa-44'
}

/**
 * Signs events in their order.
 * @param time claimed time of signing, POSIX seconds
 * @returns the note as text
 */
export async function signEvents(
  { key, sign }: Subject,
  events: readonly SignableEvent[],
  crypto: Pick<ProofCrypto, 'hashes'>,
  time: bigint,
): Promise<string> {
  if (!isSubjectKey(key)) throw new Refusal('algorithm-unknown', key.algorithm.id)
  if (events.length === 0) throw new Refusal('statement-empty')
  const { tree, hashName } = suite(suiteOf(key), crypto)
  const leaves = events.map(event => tree.leaf(eventLeaf(crypto.hashes[hashName], event)))
  const text = statementText({ time, events: events.length, root: rootOfLeaves(tree, leaves) })
  return textOf(await signNote(text, [noteSigner(key, sign)]))
}

/** The key by which a note says that it was signed. Nothing of it is believed yet. */
export function signerNamed(note: string): { name: string; keyId: string } {
  const [signature, more] = parseNote(utf8(note)).signatures
  if (signature === undefined || more !== undefined) throw new Refusal('statement-shape', 'one signature line')
  return { name: signature.name, keyId: signature.keyId }
}

/** Checks the signature of a note and gives what it says. Refuses by throwing. */
export async function openEventSignature(
  note: string,
  key: VerifierKey | string,
  crypto: Pick<ProofCrypto, 'checks'>,
): Promise<EventStatement> {
  const vkey = typeof key === 'string' ? parseVerifierKey(key) : key
  if (!isSubjectKey(vkey)) throw new Refusal('algorithm-unknown', vkey.algorithm.id)
  signerNamed(note)
  const { text } = await openNote(utf8(note), [noteVerifier(vkey, crypto.checks)])
  return parseStatement(text)
}

/** One event and what shows that a note signs it. */
export interface EventProof {
  note: string
  /** the event's place in the tree, from 0 */
  index: number
  /** audit path, the sibling of the leaf first */
  path: Uint8Array[]
}

/** Verifies that the holder of a key signed an event. Refuses by throwing. */
export async function verifyEventSignature(
  event: SignableEvent,
  { note, index, path }: EventProof,
  key: VerifierKey | string,
  crypto: ProofCrypto,
): Promise<EventStatement> {
  const vkey = typeof key === 'string' ? parseVerifierKey(key) : key
  const statement = await openEventSignature(note, vkey, crypto)
  const { tree, hashName } = suite(suiteOf(vkey), crypto)
  const leafHash = tree.leaf(eventLeaf(crypto.hashes[hashName], event))
  const { events, root } = statement
  if (!provesInclusion(tree, { index: BigInt(index), size: BigInt(events), leafHash, path, root }))
    throw new Refusal('event-unsigned', event.id)
  return statement
}

/** The text by which the holder of a key shows an organisation's code to be its own. */
export function possessionText(organisation: string, key: string): string {
  return `${KEY_POSSESSION}\n${organisation}\n${key}\n`
}

/** A note that shows possession of a key, to be registered for an organisation. */
export async function provePossession({ key, sign }: Subject, organisation: string, vkey: string): Promise<string> {
  return textOf(await signNote(possessionText(organisation, vkey), [noteSigner(key, sign)]))
}

/** Checks that a note shows possession of the key for that organisation. Refuses by throwing. */
export async function checkPossession(
  note: string,
  organisation: string,
  key: string,
  crypto: Pick<ProofCrypto, 'checks'>,
): Promise<void> {
  const { text } = await openNote(utf8(note), [noteVerifier(parseVerifierKey(key), crypto.checks)])
  if (!sameBytes(utf8(text), utf8(possessionText(organisation, key)))) throw new Refusal('possession-other')
}
