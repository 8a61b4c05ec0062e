import { type HashName, type HashPieces, piecesAlone, Refusal, sameBytes } from '@yuanliu/core'
import { type Lanes, LONGEST, LONGEST_PIECE, openLanes } from './lanes/lanes.ts'
import { hashesAlone, nodeHashes } from './node-hashes.ts'

/** Hashes of many messages: 32 bytes each, in their order. */
export type HashMany = (messages: readonly Uint8Array[]) => Uint8Array

/** Longer messages are hashed by Node, whose call then costs little beside the work. */
const LONG: Record<HashName, number> = {
  // Processors have instructions for SHA-256, which Node uses and WebAssembly cannot.
  sha256: 256,
  sm3: LONGEST,
}

let lanes: Lanes | null = null

/** The lanes of this thread, tested. */
function opened(): Lanes {
  lanes ??= tested(openLanes())
  return lanes
}

/** Messages of every length up to three blocks must have the hashes that Node gives them. @throws Refusal `self-test` */
function tested(fresh: Lanes): Lanes {
  const bytes = Uint8Array.from({ length: 3 * 64 }, (_, i) => i * 7)
  const messages = Array.from(bytes, (_, n) => bytes.subarray(0, n))
  const pairs = { bytes, from: 0, stride: 1, length: 64, count: 128 }
  for (const name of ['sha256', 'sm3'] as const) {
    const alone = messages.map(message => nodeHashes[name](message))
    const right =
      sameBytes(fresh.messages(name, messages), Buffer.concat(alone)) &&
      sameBytes(fresh.pieces(name, pairs, 1), piecesAlone(nodeHashes[name])(pairs, 1))
    if (!right) throw new Refusal('self-test', `${name} in lanes`)
  }
  return fresh
}

function manyBy(name: HashName): HashMany {
  return messages => {
    const short = messages.filter(message => message.length <= LONG[name])
    const hashes = opened().messages(name, short)
    if (short.length === messages.length) return hashes
    const long = hashesAlone(
      name,
      messages.filter(message => message.length > LONG[name]),
    )
    if (!short.length) return long
    const out = new Uint8Array(messages.length * 32)
    const taken = { long: 0, short: 0 }
    for (const [i, message] of messages.entries()) {
      const isLong = message.length > LONG[name]
      const from = (isLong ? taken.long++ : taken.short++) * 32
      out.set((isLong ? long : hashes).subarray(from, from + 32), i * 32)
    }
    return out
  }
}

function piecesBy(name: HashName): HashPieces {
  const alone = piecesAlone(nodeHashes[name])
  return (pieces, first) =>
    pieces.length > LONGEST_PIECE ? alone(pieces, first) : opened().pieces(name, pieces, first)
}

/** The hashes of the log for many messages at once (docs/adr/0029). */
export const manyHashes: Record<HashName, HashMany> = { sha256: manyBy('sha256'), sm3: manyBy('sm3') }

/** The same for equally long pieces of one buffer. */
export const pieceHashes: Record<HashName, HashPieces> = { sha256: piecesBy('sha256'), sm3: piecesBy('sm3') }
