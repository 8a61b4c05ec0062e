import { concat, MAX_NUMBER, readUint64, uint64, utf8 } from './bytes.ts'
import type { KeyAlgorithm } from './key.ts'
import type { NoteSignature } from './note.ts'
import { Refusal } from './refusal.ts'

/**
 * Cosignatures (C2SP tlog-cosignature v1): a witness says that at a time this was the largest consistent tree it had
 * seen of the log. In the note line the time stands before the signature, 8 bytes big-endian.
 */

/** What a cosigner signs over a checkpoint's text. `time` in POSIX seconds. */
export function cosignedMessage(header: string, time: bigint, text: Uint8Array): Uint8Array {
  return concat(utf8(`${header}\ntime ${time}\n`), text)
}

/** Parts of a cosignature line's bytes after the key id: time in POSIX seconds, 64 bytes of signature. */
export function splitCosignature(bytes: Uint8Array): { time: bigint; signature: Uint8Array } {
  if (bytes.length !== 72) throw new Refusal('cosignature-shape', `${bytes.length} bytes instead of 72`)
  const time = readUint64(bytes, 0)
  if (time > MAX_NUMBER) throw new Refusal('cosignature-shape', `time ${time}`)
  return { time, signature: bytes.slice(8) }
}

/** When a verified cosignature was made, in POSIX seconds. */
export function cosignatureTime({ signature }: NoteSignature): bigint {
  return splitCosignature(signature).time
}

/** Signs a message: a key in memory, a signing process, a hardware module. */
export type SignBytes = (message: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** Bytes of a signature line, after the key id, over a note's text: at `time` (POSIX seconds) if it is a cosigner's. */
export async function signAs(
  algorithm: KeyAlgorithm,
  sign: SignBytes,
  text: Uint8Array,
  time: () => bigint,
): Promise<Uint8Array> {
  if (algorithm.cosignatureHeader === null) return sign(text)
  const at = time()
  if (at < 0n || at > MAX_NUMBER) throw new Refusal('range-wrong', `time ${at}`)
  return concat(uint64(at), await sign(cosignedMessage(algorithm.cosignatureHeader, at, text)))
}
