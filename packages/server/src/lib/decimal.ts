/** Exact decimal numbers: `digits` / 10^`scale`. Quantities never pass through floating point. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

export const ZERO: Decimal = { digits: 0n, scale: 0 }
export const ONE: Decimal = { digits: 1n, scale: 0 }

// Longer texts are no quantities; the bound keeps hostile exponents from filling memory.
const DECIMAL = /^([+-]?)(\d{1,200})(?:\.(\d{1,200}))?(?:[eE]([+-]?\d{1,3}))?$/

/** Reads `12`, `-0.50`, `1.5e3`; null for anything else. */
export function parseDecimal(text: string): Decimal | null {
  const match = DECIMAL.exec(text)
  if (!match) return null
  const fraction = match[3] ?? ''
  const digits = BigInt(`${match[1] === '-' ? '-' : ''}${match[2]}${fraction}`)
  const scale = fraction.length - Number(match[4] ?? 0)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

/** Shortest plain text: no exponent, no trailing zeros after the point. */
export function formatDecimal({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : ''
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0')
  const whole = text.slice(0, text.length - scale)
  const fraction = text.slice(text.length - scale).replace(/0+$/, '')
  return sign + whole + (fraction && `.${fraction}`)
}

export function add(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { digits: a.digits + b.digits, scale: a.scale }
  const scale = Math.max(a.scale, b.scale)
  return { digits: scaled(a, scale) + scaled(b, scale), scale }
}

export function negate(a: Decimal): Decimal {
  return { digits: -a.digits, scale: a.scale }
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negate(b))
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale }
}

/** -1, 0 or 1: the sign of `a`. */
export function signOf(a: Decimal): -1 | 0 | 1 {
  return a.digits < 0n ? -1 : a.digits > 0n ? 1 : 0
}

function scaled(a: Decimal, scale: number): bigint {
  return a.digits * 10n ** BigInt(scale - a.scale)
}
