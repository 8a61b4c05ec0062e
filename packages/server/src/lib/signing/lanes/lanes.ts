import type { HashName, Pieces } from '@yuanliu/core'
import { wasm } from '../../wasm.ts'
import { BLOCK, beginKernel, endKernel, LANES, STATE, STATE_BYTES, STENCIL_BYTES } from './block.ts'
import { moduleOf } from './code.ts'
import { blocksOf, pad, stencils, WHOLE } from './padding.ts'
import { SHA256_INITIAL, sha256Kernel } from './sha256.ts'
import { SM3_INITIAL, sm3Kernel } from './sm3.ts'

/** Hashes four messages side by side in the lanes of a vector (docs/adr/0029). */
export interface Lanes {
  /** Hashes of messages of at most `LONGEST` bytes, 32 bytes each. */
  messages(name: HashName, messages: readonly Uint8Array[]): Uint8Array
  /** Hashes of equally long pieces of at most `LONGEST_PIECE` bytes, each behind the byte `first` where there is one. */
  pieces(name: HashName, pieces: Pieces, first?: number): Uint8Array
}

export const LONGEST = 16_384
export const LONGEST_PIECE = 448

// Memory: the states; stencils; hashes as they are made; messages.
const STENCILS = STATE + STATE_BYTES
const HASHES = STENCILS + 8 * STENCIL_BYTES
const MOST = 1_024
const MESSAGES = HASHES + MOST * 32
const PAGES = 4
const END = PAGES * 65_536
const ROOM = END - MESSAGES

interface Exports {
  memory: { buffer: ArrayBuffer }
  sha256: Block
  sm3: Block
  beginSha256(): void
  beginSm3(): void
  end(a: number, b: number, c: number, d: number): void
}
type Block = (a: number, b: number, c: number, d: number, stencil: number) => void

/** Compiles the kernels: some milliseconds, once in a thread. */
export function openLanes(): Lanes {
  const begins = [beginKernel('beginSha256', SHA256_INITIAL), beginKernel('beginSm3', SM3_INITIAL)]
  const kernels = [sha256Kernel(), sm3Kernel(), ...begins, endKernel('end')]
  const exports = new wasm.Instance(new wasm.Module(moduleOf(kernels, PAGES))).exports as Exports
  const memory = new Uint8Array(exports.memory.buffer)
  const begin: Record<HashName, () => void> = { sha256: exports.beginSha256, sm3: exports.beginSm3 }

  return {
    messages(name, messages) {
      const out = new Uint8Array(messages.length * 32)
      const block = exports[name]
      memory.set(WHOLE, STENCILS)
      /** by number of blocks, those that wait for others of that number: in turns where they begin and which they are */
      const waiting = new Map<number, number[]>()
      let [from, end] = [0, MESSAGES]

      function four(blocks: number, group: readonly number[]): void {
        // Fewer than four: the last stands in for those that are not there.
        const last = group.length - 2
        const [b, c, d] = [Math.min(2, last), Math.min(4, last), Math.min(6, last)]
        const [p, q, r, s] = [group[0], group[b], group[c], group[d]] as [number, number, number, number]
        begin[name]()
        for (let by = 0; by < blocks * BLOCK; by += BLOCK) block(p + by, q + by, r + by, s + by, STENCILS)
        const at = (i: number) => HASHES + (group[i + 1] as number) * 32
        exports.end(at(0), at(b), at(c), at(d))
      }

      function finish(to: number): void {
        for (const [blocks, group] of waiting) if (group.length) four(blocks, group)
        waiting.clear()
        out.set(memory.subarray(HASHES, HASHES + (to - from) * 32), from * 32)
        from = to
        end = MESSAGES
      }

      for (const [i, bytes] of messages.entries()) {
        const blocks = blocksOf(bytes.length)
        if (i - from === MOST || end + blocks * BLOCK > END) finish(i)
        memory.set(bytes, end)
        pad(memory, end + bytes.length, end + blocks * BLOCK, bytes.length)
        const group = waiting.get(blocks) ?? []
        if (!group.length) waiting.set(blocks, group)
        group.push(end, i - from)
        end += blocks * BLOCK
        if (group.length < 2 * LANES) continue
        four(blocks, group)
        group.length = 0
      }
      finish(messages.length)
      return out
    },

    pieces(name, { bytes, from, stride, length, count }, first) {
      const out = new Uint8Array(count * 32)
      const block = exports[name]
      const head = first === undefined ? 0 : 1
      const cut = stencils(length, first)
      const blocks = cut.length / STENCIL_BYTES
      memory.set(cut, STENCILS)
      // Blocks reach beyond the last piece; what they find there the stencil leaves out.
      const most = Math.min(
        MOST,
        Math.max(1, Math.floor((ROOM - head - length - blocks * BLOCK) / Math.max(1, stride))),
      )
      for (let done = 0; done < count; done += most) {
        const some = Math.min(most, count - done)
        const begun = from + done * stride
        memory.set(bytes.subarray(begun, begun + (some - 1) * stride + length), MESSAGES + head)
        for (let i = 0; i < some; i += LANES) {
          const [j, k, l] = [Math.min(i + 1, some - 1), Math.min(i + 2, some - 1), Math.min(i + 3, some - 1)]
          const [a, b, c, d] = [
            MESSAGES + i * stride,
            MESSAGES + j * stride,
            MESSAGES + k * stride,
            MESSAGES + l * stride,
          ]
          begin[name]()
          for (let n = 0; n < blocks; n++) {
            const by = n * BLOCK
            block(a + by, b + by, c + by, d + by, STENCILS + n * STENCIL_BYTES)
          }
          exports.end(HASHES + i * 32, HASHES + j * 32, HASHES + k * 32, HASHES + l * 32)
        }
        out.set(memory.subarray(HASHES, HASHES + some * 32), done * 32)
      }
      return out
    },
  }
}
