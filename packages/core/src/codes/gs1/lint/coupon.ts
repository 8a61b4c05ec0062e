import type { Fault } from '../../fault.ts'
import { gcppos1 } from './characters.ts'
import { yymmdd } from './dates.ts'
import { at, type Lint, nonDigit, type PrefixSource } from './lint.ts'

/** Coupon codes of North America: AI 8110 (Coupon Application Guideline) and AI 8112 (positive offer file). */

/** Reads a text of digits field by field; `fault` is the first thing wrong, after which nothing is read. */
class Reader {
  place = 0
  fault: Fault | null = null
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    const bad = nonDigit(text)
    if (bad >= 0) this.fault = at('format', bad)
  }

  /** One digit out of `allowed`; −1 where there is none. */
  digit(allowed: string): number {
    if (this.fault) return -1
    const digit = this.#text[this.place]
    if (digit === undefined) this.fault = at('length', this.place)
    else if (!allowed.includes(digit)) this.fault = at('component', this.place)
    else return Number(this.#text[this.place++])
    return -1
  }

  /** So many digits; empty where they are not there. */
  field(length: number): string {
    if (this.fault) return ''
    if (this.#text.length - this.place < length) {
      this.fault = at('length', this.#text.length)
      return ''
    }
    this.place += length
    return this.#text.slice(this.place - length, this.place)
  }

  /** A field behind a digit that says its length, counted from `base`. */
  sized(allowed: string, base: number): string {
    const size = this.digit(allowed)
    return size < 0 ? '' : this.field(size + base)
  }

  /** A company prefix behind its length; `9`, where it is allowed, says that there is none. */
  prefix(allowed: string, prefixes: PrefixSource | undefined): void {
    const size = this.digit(allowed)
    if (size < 0 || (size === 9 && allowed.endsWith('9'))) return
    const from = this.place
    const field = this.field(size + 6)
    if (!this.fault && gcppos1(field, prefixes)) this.fault = at('component', from)
  }

  /** Whether the optional field `id` stands here; its identifier is read. */
  optional(id: string): boolean {
    if (this.fault || this.#text[this.place] !== id) return false
    this.place++
    return true
  }

  date(): string {
    const from = this.place
    const field = this.field(6)
    if (!this.fault && yymmdd(field)) this.fault = at('component', from)
    return field
  }

  end(): Fault | null {
    return this.fault ?? (this.place < this.#text.length ? at('length', this.place) : null)
  }
}

/** Value of a purchase requirement behind its length, its code, the family code. */
function purchase(reader: Reader): void {
  reader.sized('12345', 0)
  reader.digit('012349')
  reader.field(3)
}

/** AI 8110 */
export const couponcode: Lint = (text, prefixes) => {
  const reader = new Reader(text)
  reader.prefix('0123456', prefixes)
  reader.field(6)
  reader.sized('12345', 0)
  purchase(reader)
  if (reader.optional('1')) {
    reader.digit('0123')
    purchase(reader)
    reader.prefix('01234569', prefixes)
  }
  if (reader.optional('2')) {
    purchase(reader)
    reader.prefix('01234569', prefixes)
  }
  const expires = reader.optional('3') ? reader.date() : ''
  if (reader.optional('4')) {
    const from = reader.place
    const starts = reader.date()
    if (!reader.fault && expires !== '' && starts > expires) reader.fault = at('component', from)
  }
  if (reader.optional('5')) reader.sized('0123456789', 6)
  if (reader.optional('6')) reader.prefix('1234567', prefixes)
  if (reader.optional('9')) {
    reader.digit('01256')
    reader.digit('012')
    reader.digit('0123456789')
    reader.digit('01')
  }
  return reader.end()
}

/** AI 8112 */
export const couponposoffer: Lint = text => {
  const reader = new Reader(text)
  reader.digit('01')
  reader.sized('0123456', 6)
  reader.field(6)
  reader.sized('0123456789', 6)
  return reader.end()
}
