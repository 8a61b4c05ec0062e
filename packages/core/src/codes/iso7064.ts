import type { CheckParameters, DigitCheck } from './checks.ts'

/** ISO/IEC 7064: check character systems. GB/T 17710 is the same for China. */

const DIGITS = '0123456789'

/**
 * Hybrid systems MOD M+1,M: M is the number of characters in `alphabet` (10: MOD 11,10; 36: MOD 37,36).
 * Finds every single wrong character; of swaps of neighbours all but those of one pair.
 */
export function hybrid({ alphabet = DIGITS }: CheckParameters): DigitCheck {
  const m = alphabet.length
  const table = places(alphabet)
  return {
    kind: 'digit',
    compute(text, from = 0, until = text.length) {
      let p = m
      for (let i = from; i < until; i++) {
        // remainders without division: both sums are less than twice what they are divided by
        let s = p + table[text.charCodeAt(i) & 127]!
        if (s > m) s -= m
        else if (s === 0) s = m
        p = 2 * s
        if (p > m) p -= m + 1
      }
      return alphabet[(m + 1 - p) % m]!
    },
    guarantee: { single: true, swap: false },
  }
}

/**
 * Pure systems: powers of a radix modulo `modulus`, one check character (11-2, 37-2: `digits` has one more than
 * `alphabet`) or two (97-10, 661-26, 1271-36). All find every single error and every swap of neighbours.
 * @throws Error where parameters are missing or contradict
 */
export function pure({ modulus, alphabet = DIGITS, digits = alphabet, length = 1 }: CheckParameters): DigitCheck {
  if (!modulus || modulus < 2) throw new Error('modulus is missing')
  const radix = length === 1 ? 2 : alphabet.length
  const needed = length === 1 ? modulus : alphabet.length
  if (digits.length < needed) throw new Error(`digits: ${needed} characters are needed`)
  const table = places(alphabet)
  return {
    kind: 'digit',
    compute(text, from = 0, until = text.length) {
      let p = 0
      for (let i = from; i < until; i++) p = ((p + table[text.charCodeAt(i) & 127]!) * radix) % modulus
      if (length === 1) return digits[(modulus + 1 - p) % modulus]!
      const rest = modulus + 1 - ((p * radix) % modulus)
      return digits[Math.floor(rest / radix)]! + digits[rest % radix]!
    },
    guarantee: { single: true, swap: true },
  }
}

function places(alphabet: string): Int16Array {
  const table = new Int16Array(128)
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i
  return table
}
