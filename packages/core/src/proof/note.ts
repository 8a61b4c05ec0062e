import { base64, concat, fromBase64, fromHex, hex, textOf, utf8 } from './bytes.ts'
import { isKeyName } from './key.ts'
import { Refusal } from './refusal.ts'

/** Signed notes (C2SP signed-note): a text, an empty line, signature lines. */

/** Ours are below 2 kB; a note with many post-quantum cosignatures reaches 100 kB. */
const MAX_BYTES = 1_000_000
/** The specification asks that at least 16 be read. */
const MAX_SIGNATURES = 100

export interface NoteSignature {
  name: string
  /** 8 hexadecimal digits */
  keyId: string
  /** after the key id */
  signature: Uint8Array
}
/** A note as it was read; nothing of it is believed yet. */
export interface UnverifiedNote {
  text: Uint8Array
  signatures: NoteSignature[]
}

/** Checks signatures of one known key. */
export interface NoteVerifier {
  readonly name: string
  readonly keyId: string
  /** `text` with its last newline; `signature` without the key id */
  verify(text: Uint8Array, signature: Uint8Array): Promise<boolean>
}
/** Makes signatures of one key: from a file, a signing process or a hardware module. */
export interface NoteSigner {
  readonly name: string
  readonly keyId: string
  /** the signature over `text`, without the key id */
  sign(text: Uint8Array): Promise<Uint8Array>
}

/** A note with at least one good signature by a known key, and no bad one. */
export interface OpenedNote {
  text: string
  /** one for each known key that signed */
  verified: NoteSignature[]
  /** by keys that are not known */
  ignored: NoteSignature[]
}

/** Reads a note without believing it. */
export function parseNote(note: Uint8Array): UnverifiedNote {
  if (note.length > MAX_BYTES) throw new Refusal('too-large', `${note.length} bytes`)
  const all = textOf(note)
  if (note.some(byte => byte < 0x20 && byte !== 0x0a)) throw new Refusal('control-character')
  // Lines may be empty inside the text: the last empty line divides.
  const divide = all.lastIndexOf('\n\n')
  if (divide < 0) throw new Refusal('note-shape', 'no empty line before the signatures')
  const lines = all.slice(divide + 2).split('\n')
  if (lines.pop() !== '') throw new Refusal('note-shape', 'the last line does not end')
  if (lines.length === 0) throw new Refusal('note-shape', 'no signature lines')
  if (lines.length > MAX_SIGNATURES) throw new Refusal('too-large', `${lines.length} signature lines`)
  return { text: utf8(all.slice(0, divide + 1)), signatures: lines.map(parseSignature) }
}

/** `— <name> <base64(key id ‖ signature)>` */
function parseSignature(line: string, i: number): NoteSignature {
  const at = `signature line ${i + 1}`
  const [dash, name, body, more] = line.split(' ')
  if (dash !== '—' || name === undefined || body === undefined || more !== undefined)
    throw new Refusal('note-shape', at)
  if (!isKeyName(name)) throw new Refusal('key-name', at)
  const bytes = fromBase64(body, at)
  if (bytes.length < 5) throw new Refusal('note-shape', at)
  return { name, keyId: hex(bytes.subarray(0, 4)), signature: bytes.slice(4) }
}

/** A signature line, with its newline. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${base64(concat(fromHex(keyId), signature))}\n`
}

/** A note of a text (which ends in a newline) and signatures. */
export function formatNote(text: string, signatures: NoteSignature[]): Uint8Array {
  return utf8(`${text}\n${signatures.map(formatSignature).join('')}`)
}

/**
 * Reads a note and checks it: signatures by unknown keys are ignored, one by a known key that is wrong refuses the
 * whole, and so does the lack of any that is right. Lines of one key count once.
 */
export async function openNote(note: Uint8Array, verifiers: NoteVerifier[]): Promise<OpenedNote> {
  const { text, signatures } = parseNote(note)
  const verified = new Map<string, NoteSignature>()
  const ignored: NoteSignature[] = []
  for (const signature of signatures) {
    const key = `${signature.name} ${signature.keyId}`
    const known = verifiers.filter(v => v.name === signature.name && v.keyId === signature.keyId)
    if (known.length > 1) throw new Refusal('key-ambiguous', key)
    if (known[0] === undefined) ignored.push(signature)
    else if (!(await known[0].verify(text, signature.signature))) throw new Refusal('signature-wrong', key)
    else if (!verified.has(key)) verified.set(key, signature)
  }
  if (verified.size === 0) throw new Refusal('signature-missing')
  return { text: textOf(text), verified: [...verified.values()], ignored }
}

/** Signs a text, which must end in a newline and have none of the characters that a note refuses. */
export async function signNote(text: string, signers: NoteSigner[]): Promise<Uint8Array> {
  const bytes = utf8(text)
  const signatures: NoteSignature[] = []
  for (const signer of signers)
    signatures.push({ name: signer.name, keyId: signer.keyId, signature: await signer.sign(bytes) })
  const note = formatNote(text, signatures)
  // Reading it back refuses every text and every name that no reader would take.
  if (textOf(parseNote(note).text) !== text) throw new Refusal('note-shape', 'the text does not end in a newline')
  return note
}
