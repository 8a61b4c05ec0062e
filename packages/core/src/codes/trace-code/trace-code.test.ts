import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testCodes } from '../schemes.fixture.ts'
import { BASE32, base32Check, decodeBase32, encodeBase32 } from './base32.ts'
import { formatTraceCode, groupTraceCode, parseTraceCode, TRACE_CODE_URI } from './trace-code.ts'

const codes = testCodes()
const issuer = fc.integer({ min: 0, max: 2 ** 20 - 1 })
const serial = fc.maxSafeNat().map(n => n % 2 ** 50)
const symbols = [...BASE32]
const holds = (text: string) => base32Check(text.slice(0, -1)) === text.at(-1)

/** `count` symbols that differ from case to case, the same at every run. */
function* bodies(count: number, length: number): Generator<string> {
  let state = 12_345
  for (let n = 0; n < count; n++) {
    let text = ''
    for (let i = 0; i < length; i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      text += BASE32[(state >> 16) & 31]
    }
    yield text
  }
}

describe('the check character', () => {
  const codes = [...bodies(20, 15)].map(body => body + base32Check(body))

  it('finds every single wrong symbol, at every place, for every pair of symbols', () => {
    let tried = 0
    for (const code of codes)
      for (let i = 0; i < code.length; i++)
        for (const was of symbols) {
          // the same code with each symbol at this place, its check character made for it
          const right =
            i === code.length - 1
              ? code
              : code.slice(0, i) +
                was +
                code.slice(i + 1, -1) +
                base32Check(code.slice(0, i) + was + code.slice(i + 1, -1))
          for (const is of symbols) {
            const wrong = right.slice(0, i) + is + right.slice(i + 1)
            if (wrong === right) continue
            tried++
            if (holds(wrong)) throw new Error(`${right} → ${wrong} is not found`)
          }
        }
    expect(tried).toBeGreaterThan(20 * 15 * 32 * 31)
  })

  it('finds every swap of two symbols, neighbours or any distance apart, for every pair of symbols', () => {
    let tried = 0
    for (const code of codes.slice(0, 4))
      for (let i = 0; i < code.length - 1; i++)
        for (let j = i + 1; j < code.length; j++)
          for (const a of symbols)
            for (const b of symbols) {
              const body = [...code.slice(0, -1)]
              body[i] = a
              if (j < body.length) body[j] = b
              const right = body.join('') + base32Check(body.join(''))
              const swapped = [...right]
              swapped[i] = right[j]!
              swapped[j] = right[i]!
              const wrong = swapped.join('')
              if (wrong === right) continue
              tried++
              if (holds(wrong)) throw new Error(`${right} → ${wrong} is not found`)
            }
    expect(tried).toBeGreaterThan(4 * 100 * 32 * 30)
  })

  it('finds every pair of equal symbols that became another pair: aa → bb, axa → bxb', () => {
    let tried = 0
    for (const code of codes)
      for (const distance of [1, 2])
        for (let i = 0; i + distance < code.length - 1; i++)
          for (const a of symbols)
            for (const b of symbols) {
              if (a === b) continue
              tried++
              const set = (symbol: string) => {
                const body = [...code.slice(0, -1)]
                body[i] = symbol
                body[i + distance] = symbol
                return body.join('')
              }
              if (base32Check(set(a)) === base32Check(set(b))) throw new Error(`${set(a)} → ${set(b)} is not found`)
            }
    expect(tried).toBeGreaterThan(20 * 25 * 32 * 30)
  })

  it('is nothing for what is no text of symbols', () => {
    expect(base32Check('Y0U')).toBe('')
    expect(base32Check('yé')).toBe('')
  })
})

describe('numbers in base 32', () => {
  it('come back', () => {
    fc.assert(fc.property(serial, n => void expect(decodeBase32(encodeBase32(n, 10))).toBe(n)))
    expect(encodeBase32(31, 4)).toBe('000Z')
  })

  it('are refused where they do not fit', () => {
    expect(() => encodeBase32(1024, 2)).toThrow(RangeError)
    expect(() => encodeBase32(-1, 2)).toThrow(RangeError)
    expect(() => encodeBase32(0.5, 2)).toThrow(RangeError)
    expect(decodeBase32('ZZZZZZZZZZZZ')).toBe(-1)
    expect(decodeBase32('1U')).toBe(-1)
  })
})

describe('the trace code', () => {
  it('is read as it was written, in groups, in small letters, with look-alikes and as a URI', () => {
    fc.assert(
      fc.property(issuer, serial, (i, s) => {
        const code = formatTraceCode({ issuer: i, serial: s })
        expect(code).toMatch(/^Y[0-9A-HJKMNP-TV-Z]{15}$/)
        const grouped = groupTraceCode(code)
        expect(grouped).toMatch(/^.{4}-.{4}-.{4}-.{4}$/)
        const asTyped = [code, grouped, grouped.toLowerCase(), code.replace(/0/g, 'o').replace(/1/g, 'l')]
        for (const text of [...asTyped, TRACE_CODE_URI + code, `URN:yuanliu:trace-code:${code.toLowerCase()}`]) {
          expect(parseTraceCode(text)).toEqual({ code, issuer: i, serial: s })
          expect(codes.identify(text)[0]).toMatchObject({ ok: true, scheme: 'trace-code', key: TRACE_CODE_URI + code })
        }
      }),
    )
  })

  it('says what is wrong and where', () => {
    const code = groupTraceCode(formatTraceCode({ issuer: 7, serial: 42 }))
    expect(code).toBe('Y000-7000-0000-01A8')
    expect(parseTraceCode('Y000-7000-0000-01AD')).toEqual({ reason: 'checksum', at: 18 })
    expect(parseTraceCode('Y000-7000-0U00-01A8')).toEqual({ reason: 'format', at: 11 })
    expect(parseTraceCode('Y000-7000-0000-01A')).toEqual({ reason: 'length', at: 18 })
    expect(parseTraceCode('Y000-7000-0000-01A8C')).toEqual({ reason: 'length', at: 19 })
    expect(parseTraceCode('Z000-7000-0000-01A8')).toEqual({ reason: 'component', at: 0 })
    expect(parseTraceCode('')).toEqual({ reason: 'length', at: 0 })
    expect(parseTraceCode('9'.repeat(5_000))).toEqual({ reason: 'length', at: 64 })
  })

  it('is named in events by its URI and by the address of its page, whatever the domain', () => {
    const key = `${TRACE_CODE_URI}Y0007000000001A8`
    for (const uri of [
      key,
      'https://a.example/x/t/Y000-7000-0000-01A8?lang=en',
      'https://b.example/t/y0007000000001a8',
    ])
      expect(codes.unit(uri)).toEqual({ key, level: 'item', lot: null })
    const wrong = 'https://b.example/t/Y0007000000001AD'
    expect(codes.unit(wrong).key).toBe(wrong)
  })

  it('refuses anything else without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void parseTraceCode(text)))
  })

  it('refuses numbers beyond its parts', () => {
    expect(() => formatTraceCode({ issuer: 2 ** 20, serial: 0 })).toThrow(RangeError)
    expect(() => formatTraceCode({ issuer: 0, serial: 2 ** 50 })).toThrow(RangeError)
  })
})
