import { blockKernel, type Eight, type Registers } from './block.ts'
import type { Code, Kernel, Local } from './code.ts'

/** SHA-256 (FIPS 180-4 §5.3.3, §6.2). */

export const SHA256_INITIAL = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]

export function sha256Kernel(): Kernel {
  return blockKernel('sha256', rounds, code => code.add())
}

function rounds(code: Code, { word, state, free }: Registers): Eight {
  const [sum] = free
  let turned = state
  for (const [t, constant] of CONSTANTS.entries()) {
    if (t >= 16) {
      // W[t] = σ1(W[t−2]) + W[t−7] + σ0(W[t−15]) + W[t−16]
      code
        .get(word(t))
        .get(word(t + 9))
        .add()
      smallSigma(code, word(t + 1), [7, 18], 3).add()
      smallSigma(code, word(t + 14), [17, 19], 10)
        .add()
        .set(word(t))
    }
    const [a, b, c, d, e, f, g, h] = turned
    bigSigma(code.get(h), e, [6, 11, 25]).add()
    code.get(f).get(g).get(e).choose().add()
    code.get(word(t)).all(constant).add().add().set(sum)
    code.get(d).get(sum).add().set(d)
    bigSigma(code.get(sum), a, [2, 13, 22]).add()
    // Where a and b differ, c decides; else both.
    code.get(c).get(b).get(a).get(b).xor().choose().add().set(h)
    turned = [h, a, b, c, d, e, f, g]
  }
  return turned
}

function bigSigma(code: Code, x: Local, [i, j, k]: readonly [number, number, number]): Code {
  return code.rotateRight(x, i).rotateRight(x, j).xor().rotateRight(x, k).xor()
}

function smallSigma(code: Code, x: Local, [i, j]: readonly [number, number], shift: number): Code {
  return code.rotateRight(x, i).rotateRight(x, j).xor().shiftRight(x, shift).xor()
}

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2). */
const CONSTANTS = firstPrimes(64).map(p => Math.floor((Math.cbrt(p) % 1) * 2 ** 32))

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every(p => n % p !== 0)) primes.push(n)
  return primes
}
