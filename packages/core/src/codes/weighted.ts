import type { CheckParameters, DigitCheck } from './checks.ts'

const DIGITS = '0123456789'

/** GS1 check digit of the digits text[from…until) (GS1 General Specifications §7.9.1). */
export function mod10(text: string, from: number, until: number): number {
  let sum = 0
  for (let i = until - 1, weight = 3; i >= from; i--, weight ^= 2) sum += (text.charCodeAt(i) - 48) * weight
  return (10 - (sum % 10)) % 10
}

/**
 * Sum of weighted values modulo a number (GB 32100-2015 annex, GB 11714-1997, GB 16735-2019 annex A, CAS).
 * `alphabet`: a character's value is its place; `values`: values of characters it does not place so. `weights` are used
 * again from the start where the body is longer. `digits[n]` is the check character of result n.
 * @throws Error where parameters are missing or contradict
 */
export function weighted(parameters: CheckParameters): DigitCheck {
  const { weights, modulus, alphabet = DIGITS, values = {}, result = 'complement' } = parameters
  const digits = parameters.digits ?? alphabet
  if (!weights?.length) throw new Error('weights are missing')
  if (!modulus || modulus < 2) throw new Error('modulus is missing')
  if (digits.length < modulus) throw new Error(`digits: ${modulus} characters are needed`)
  const table = new Int16Array(128)
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i
  for (const [char, value] of Object.entries(values)) table[char.charCodeAt(0)] = value
  const turn = Uint16Array.from(weights)
  const count = turn.length
  const right = parameters.from === 'right'
  const complement = result === 'complement'
  const coprime = (n: number) => gcd(n, modulus) === 1
  const distinct = Object.keys(values).length === 0 && alphabet.length <= modulus
  return {
    kind: 'digit',
    compute(text, from = 0, until = text.length) {
      let sum = 0
      const step = right ? -1 : 1
      for (let i = right ? until - 1 : from, left = until - from, w = 0; left > 0; left--, i += step) {
        sum += table[text.charCodeAt(i) & 127]! * turn[w]!
        if (++w === count) w = 0
      }
      const rest = sum % modulus
      return digits[complement && rest > 0 ? modulus - rest : rest]!
    },
    guarantee: {
      single: distinct && weights.every(coprime),
      swap: distinct && weights.every((w, i) => i === 0 || coprime(Math.abs(w - weights[i - 1]!) || modulus)),
    },
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
