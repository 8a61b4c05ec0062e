import { base64, fromDecimal, hashFromBase64 } from './bytes.ts'
import { type NoteSigner, type NoteVerifier, type OpenedNote, openNote, signNote } from './note.ts'
import { Refusal } from './refusal.ts'

/** Checkpoints (C2SP tlog-checkpoint): a signed note that says how many entries a log has and what their root is. */
export interface Checkpoint {
  /** which log: a scheme-less URL; also the name of its key */
  origin: string
  size: bigint
  root: Uint8Array
  /** further lines; ours have none, since monitors cannot audit them */
  extensions: string[]
}

/** Reads the text of a checkpoint that has been verified. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Refusal('checkpoint-shape', 'the last line does not end')
  const [origin, size, root, ...extensions] = lines
  if (!origin) throw new Refusal('checkpoint-shape', 'line 1: origin')
  if (size === undefined) throw new Refusal('checkpoint-shape', 'line 2: size')
  if (root === undefined) throw new Refusal('checkpoint-shape', 'line 3: root')
  const empty = extensions.indexOf('')
  if (empty >= 0) throw new Refusal('checkpoint-shape', `line ${empty + 4} is empty`)
  return { origin, size: fromDecimal(size, 'line 2'), root: hashFromBase64(root, 'line 3'), extensions }
}

/** The text that is signed; refuses what could not be read back. */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  const text = [origin, String(size), base64(root), ...extensions, ''].join('\n')
  const back = parseCheckpoint(text)
  if (back.origin !== origin || back.extensions.length !== extensions.length)
    throw new Refusal('checkpoint-shape', 'a line holds a line break')
  return text
}

/** A checkpoint that at least one key of the log has signed. */
export interface OpenedCheckpoint extends Checkpoint {
  note: OpenedNote
}

/**
 * Opens a checkpoint of the log `origin`. At least one of the log's own keys must have signed it; cosigners that are
 * passed are checked too, and found in `note.verified`.
 */
export async function openCheckpoint(
  note: Uint8Array,
  log: { origin: string; keys: NoteVerifier[] },
  cosigners: NoteVerifier[] = [],
): Promise<OpenedCheckpoint> {
  const opened = await openNote(note, [...log.keys, ...cosigners])
  const isLogs = (s: { name: string; keyId: string }) =>
    log.keys.some(key => key.name === s.name && key.keyId === s.keyId)
  if (!opened.verified.some(isLogs)) throw new Refusal('signature-missing', log.origin)
  const checkpoint = parseCheckpoint(opened.text)
  if (checkpoint.origin !== log.origin) throw new Refusal('origin-other', checkpoint.origin)
  return { ...checkpoint, note: opened }
}

/** Signs a checkpoint with the keys of its log. */
export function signCheckpoint(checkpoint: Checkpoint, signers: NoteSigner[]): Promise<Uint8Array> {
  return signNote(formatCheckpoint(checkpoint), signers)
}
