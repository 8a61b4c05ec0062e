/** Numbers as strings of bits in URL-safe base64 (RFC 4648 §5), as compressed Digital Links hold them. */

export const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const CODES = new Int8Array(128).fill(-1)
for (let i = 0; i < 64; i++) CODES[BASE64URL.charCodeAt(i)] = i

export class BitWriter {
  #bits = ''

  push(value: number | bigint, width: number): void {
    if (width > 0) this.#bits += value.toString(2).padStart(width, '0')
  }

  /** Filled up with zeros to whole characters. */
  toString(): string {
    let out = ''
    for (let i = 0; i < this.#bits.length; i += 6) {
      out += BASE64URL[Number.parseInt(this.#bits.slice(i, i + 6).padEnd(6, '0'), 2)]!
    }
    return out
  }
}

export class BitReader {
  place = 0
  readonly #bits: string

  /** @returns null where a character is none of base64url */
  static of(text: string): BitReader | null {
    let bits = ''
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i) < 128 ? CODES[text.charCodeAt(i)]! : -1
      if (code < 0) return null
      bits += code.toString(2).padStart(6, '0')
    }
    return new BitReader(bits)
  }

  private constructor(bits: string) {
    this.#bits = bits
  }

  get left(): number {
    return this.#bits.length - this.place
  }

  /** Whether nothing but zeros is left, and too few of them for an identifier. */
  get done(): boolean {
    return this.left < 8 && !this.#bits.includes('1', this.place)
  }

  /** The next bits as a number of at most 32 bits; −1 where they are not there. */
  take(width: number): number {
    if (this.left < width) return -1
    const bits = this.#bits.slice(this.place, this.place + width)
    this.place += width
    return width === 0 ? 0 : Number.parseInt(bits, 2)
  }

  /** The next bits as so many decimal digits; null where they are not there or stand for more digits. */
  digits(width: number, count: number): string | null {
    if (count > 0 && this.left < width) return null
    const bits = this.#bits.slice(this.place, this.place + width)
    this.place += width
    if (count === 0) return ''
    const text = BigInt(`0b${bits}`).toString().padStart(count, '0')
    return text.length === count ? text : null
  }
}
