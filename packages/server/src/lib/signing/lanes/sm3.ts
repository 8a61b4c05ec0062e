import { blockKernel, type Eight, type Registers } from './block.ts'
import type { Code, Kernel, Local } from './code.ts'

/** SM3 (GB/T 32905-2016 §4, §5.3). */

export const SM3_INITIAL = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
]

export function sm3Kernel(): Kernel {
  return blockKernel('sm3', rounds, code => code.xor())
}

function rounds(code: Code, { word, state, free }: Registers): Eight {
  const [turnedA, ss1, tt1, tt2] = free
  let turned = state
  for (let t = 0; t < 64; t++) {
    // Round t needs W[t] and W[t+4]; the latter takes the place of W[t−12].
    if (t >= 12) expand(code, word, t + 4, ss1)
    const [a, b, c, d, e, f, g, h] = turned
    // SS1 = (A <<< 12 + E + T <<< t) <<< 7
    code.rotateLeft(a, 12).tee(turnedA).get(e).add().all(constant(t)).add().set(ss1)
    code.rotateLeft(ss1, 7).set(ss1)
    // TT1 = FF(A, B, C) + D + (SS1 ⊕ A <<< 12) + (W[t] ⊕ W[t+4])
    if (t < 16) code.get(a).get(b).xor().get(c).xor()
    else code.get(c).get(b).get(a).get(b).xor().choose()
    code.get(d).add().get(ss1).get(turnedA).xor().add()
    code
      .get(word(t))
      .get(word(t + 4))
      .xor()
      .add()
      .set(tt1)
    // TT2 = GG(E, F, G) + H + SS1 + W[t]
    if (t < 16) code.get(e).get(f).xor().get(g).xor()
    else code.get(f).get(g).get(e).choose()
    code.get(h).add().get(ss1).add().get(word(t)).add().set(tt2)
    // P0(TT2)
    code.get(tt2).rotateLeft(tt2, 9).xor().rotateLeft(tt2, 17).xor().set(h)
    code.get(tt1).set(d)
    code.rotateLeft(b, 9).set(b).rotateLeft(f, 19).set(f)
    turned = [d, a, b, c, h, e, f, g]
  }
  return turned
}

/** W[j] = P1(W[j−16] ⊕ W[j−9] ⊕ W[j−3] <<< 15) ⊕ W[j−13] <<< 7 ⊕ W[j−6] */
function expand(code: Code, word: Registers['word'], j: number, free: Local): void {
  code
    .get(word(j))
    .get(word(j + 7))
    .xor()
    .rotateLeft(word(j + 13), 15)
    .xor()
    .set(free)
  code.get(free).rotateLeft(free, 15).xor().rotateLeft(free, 23).xor()
  code
    .rotateLeft(word(j + 3), 7)
    .xor()
    .get(word(j + 10))
    .xor()
    .set(word(j))
}

/** T <<< t */
function constant(t: number): number {
  const [value, by] = [t < 16 ? 0x79cc4519 : 0x7a879d8a, t % 32]
  return by === 0 ? value : (value << by) | (value >>> (32 - by))
}
