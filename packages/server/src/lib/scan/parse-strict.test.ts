import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ScanError, type ScanFault, type TextLimits } from './fault.ts'
import { bracketsMatch, findFault } from './find-fault.ts'
import { parseStrict } from './parse-strict.ts'
import { mutated, rendered, strictVerdict } from './reference.fixture.ts'
import { validUtf8Length } from './utf8.ts'

const limits: TextLimits = { depth: 64, stringBytes: 100 }

function faultOf(text: string | Uint8Array, own: TextLimits = limits): ScanFault | null {
  try {
    parseStrict(Buffer.from(text as string), own)
    return null
  } catch (error) {
    if (error instanceof ScanError) return error.fault
    throw error
  }
}

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

test.each([
  '{}',
  ' [1, -0, 0.5, 1e2, 1E+2, 1e-999, 123456789012345678901234567890] ',
  'true',
  'null',
  '"x"',
  '0',
  '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
  '{"constructor":1,"prototype":2,"toString":3}',
  '{"a":"__proto__","b":"x:y{[\\"}"}',
  '["\\u0001","\\ud83d\\ude00","\\\\u0000","\\\\ud800","中文","😀","\\u4e2d"]',
  '["\u007f\u2028\ufeff"]',
  '\ufeff{"a":1}',
])('takes %j', text => {
  expect(parseStrict(Buffer.from(text), limits)).toEqual(JSON.parse(text.replace(/^\ufeff/, '')))
})

test.each([
  ['', 'syntax', 0, ''],
  ['  ', 'syntax', 2, ''],
  ['{', 'syntax', 1, ''],
  ['[1,]', 'syntax', 3, '/1'],
  ['{"a":1,}', 'syntax', 7, ''],
  ['{"a":1 /* x */}', 'syntax', 7, ''],
  ["{'a':1}", 'syntax', 1, ''],
  ['{"a" 1}', 'syntax', 5, '/a'],
  ['[1 2]', 'syntax', 3, ''],
  ['{"a":01}', 'syntax', 6, ''],
  ['[+1]', 'syntax', 1, '/0'],
  ['[1.]', 'syntax', 3, '/0'],
  ['[.5]', 'syntax', 1, '/0'],
  ['[1e]', 'syntax', 3, '/0'],
  ['[NaN]', 'syntax', 1, '/0'],
  ['[tru]', 'syntax', 4, '/0'],
  ['[1]]', 'syntax', 3, ''],
  ['{}{}', 'syntax', 2, ''],
  ['\ufeff\ufeff{}', 'syntax', 3, ''],
  [' \ufeff{}', 'syntax', 1, ''],
  ['[\u00a01]', 'syntax', 1, '/0'],
  ['["a\tb"]', 'syntax', 3, '/0'],
  ['["a\u0000b"]', 'syntax', 3, '/0'],
  ['["\\x41"]', 'syntax', 3, '/0'],
  ['["\\u12g4"]', 'syntax', 6, '/0'],
  ['["\\u123"]', 'syntax', 7, '/0'],
  ['["a', 'syntax', 3, '/0'],
  ['[1e999]', 'syntax', 1, '/0'],
  ['{"a":[0,-1e400]}', 'syntax', 8, '/a/1'],
  [`[${'9'.repeat(310)}]`, 'syntax', 1, '/0'],
  ['{"a":1,"a":1}', 'duplicate-key', 7, '/a'],
  ['{"a":1,"\\u0061":2}', 'duplicate-key', 7, '/a'],
  ['[{"x":{"b/~":1,"c":0,"b\\/~":2}}]', 'duplicate-key', 21, '/0/x/b~1~0'],
  ['{"a":{"__proto__":{}}}', 'forbidden-key', 6, '/a/__proto__'],
  ['{"\\u005f_proto__":1}', 'forbidden-key', 1, '/__proto__'],
  ['["a\\u0000b"]', 'nul-or-surrogate', 3, '/0'],
  ['{"\\u0000":1}', 'nul-or-surrogate', 2, ''],
  ['["\\ud83d"]', 'nul-or-surrogate', 2, '/0'],
  ['["\\ude00\\ud83d"]', 'nul-or-surrogate', 2, '/0'],
  ['["\\ud83d\\u0041"]', 'nul-or-surrogate', 2, '/0'],
  ['["\\udfff"]', 'nul-or-surrogate', 2, '/0'],
  ['["\\uDc00x"]', 'nul-or-surrogate', 2, '/0'],
  ['["\\ud83dx"]', 'nul-or-surrogate', 2, '/0'],
  ['"\\u0000"', 'nul-or-surrogate', 1, ''],
])('refuses %j: %s at %i, %j', (text, kind, offset, pointer) => {
  expect(faultOf(text)).toMatchObject({ kind, offset, pointer, message: { zh: /./, en: /./ } })
})

test.each([
  ['overlong slash', [0xc0, 0xaf]],
  ['overlong in three bytes', [0xe0, 0x9f, 0xbf]],
  ['overlong in four bytes', [0xf0, 0x8f, 0xbf, 0xbf]],
  ['an encoded surrogate', [0xed, 0xa0, 0x80]],
  ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['cut short', [0xe4, 0xb8]],
  ['a lone continuation', [0x80]],
  ['0xff', [0xff]],
])('refuses %s as UTF-8', (_, bad) => {
  const text = Buffer.concat([Buffer.from('{"a":["中'), Buffer.from(bad), Buffer.from('"]}')])
  expect(faultOf(text)).toMatchObject({ kind: 'utf8', offset: 10, pointer: '/a/0' })
})

test('depth counts the outermost and holds at both edges', () => {
  expect(faultOf(nested(64))).toBeNull()
  expect(faultOf(nested(65))).toMatchObject({ kind: 'depth', offset: 64, pointer: '/0'.repeat(64) })
  expect(faultOf(nested(200_000))).toMatchObject({ kind: 'depth', offset: 64 })
})

test('string length is of UTF-8 with escapes resolved, for values and names, at both edges', () => {
  const fits = ['a'.repeat(100), '中'.repeat(33), '\\u4e2d'.repeat(33), '\\n'.repeat(100)]
  for (const text of fits) {
    expect(faultOf(`["${text}"]`)).toBeNull()
    expect(faultOf(`{"${text}":1}`)).toBeNull()
    expect(faultOf(`"${text}"`)).toBeNull()
    const long = `${text}ab`
    expect(faultOf(`["${long}"]`)).toMatchObject({ kind: 'string-length', offset: 1, pointer: '/0' })
    expect(faultOf(`{"${long}":1}`)).toMatchObject({ kind: 'string-length', offset: 1 })
    expect(faultOf(`"${long}"`)).toMatchObject({ kind: 'string-length', offset: 0 })
  }
  expect(faultOf(`["${'a'.repeat(50)}\\n${'a'.repeat(49)}"]`)).toBeNull()
  expect(faultOf(`["${'a'.repeat(50)}\\n${'a'.repeat(50)}"]`)).toMatchObject({ kind: 'string-length' })
})

test('validUtf8Length agrees with the native check on every prefix', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }).map(s => Buffer.from(s)),
    fc.uint8Array({ maxLength: 4, min: 0x7e }).map(b => Buffer.from(b)),
  )
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      const bytes = Buffer.concat(pieces)
      const valid = validUtf8Length(bytes)
      expect(isUtf8(bytes.subarray(0, valid))).toBe(true)
      expect(valid === bytes.length).toBe(isUtf8(bytes))
      for (let n = 1; n <= 4 && valid + n <= bytes.length; n++)
        expect(isUtf8(bytes.subarray(valid, valid + n))).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('fast path, slow path and the naive rules agree on texts and their mutations', () => {
  const small: TextLimits = { depth: 5, stringBytes: 12 }
  let accepted = 0
  let refused = 0
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(), fc.nat(12), (value, seed, changes) => {
      const bytes = mutated(Buffer.from(rendered(value, seed)), seed, changes % 4)
      const verdict = strictVerdict(bytes, small)
      expect(faultOf(bytes, small) === null).toBe(verdict)
      expect(findFault(bytes, small) === null).toBe(verdict)
      if (verdict) {
        accepted++
        expect(parseStrict(bytes, small)).toEqual(JSON.parse(bytes.toString()))
        expect(bracketsMatch(bytes)).toBe(true)
      } else refused++
    }),
    { numRuns: 4000 },
  )
  expect(Math.min(accepted, refused)).toBeGreaterThan(400)
})
