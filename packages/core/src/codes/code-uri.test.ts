import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeCode, encodeCode } from './code-uri.ts'

it('escapes as encodeURIComponent does, but for the characters a URN may hold', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const encoded = encodeCode(text)
      const sound = text.replace(/\p{Surrogate}/gu, '\ufffd')
      const held = encodeURIComponent(sound).replace(/%(?:2F|3A|40|3B|2C|3D)/g, decodeURIComponent)
      expect(encoded).toBe(held.startsWith('/') ? `%2F${held.slice(1)}` : held)
      expect(decodeCode(encoded)).toBe(sound)
    }),
    { numRuns: 2000 },
  )
})
