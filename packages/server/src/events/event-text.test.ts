import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeFlow, decodeUnits, encodeFlow, encodeUnits } from './event-text.ts'

const word = fc.string({ minLength: 1, maxLength: 20 }).map(s => encodeURI(s.replace(/[\ud800-\udfff]/g, '')) || 'x')
const line = fc.record({
  unit: word,
  role: fc.integer({ min: 1, max: 14 }),
  lot: fc.option(word),
  quantity: fc.option(fc.constantFrom('0', '1', '2.50', '1000000000000')),
  uom: fc.option(fc.constantFrom('KGM', 'GRM')),
})

it('decodeUnits(encodeUnits(x)) = x', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), lines => {
      const column = <K extends 'lot' | 'quantity' | 'uom'>(name: K) =>
        lines.some(l => l[name] !== null) ? lines.map(l => l[name]) : null
      const facts = {
        units: lines.map(l => l.unit),
        roles: lines.map(l => l.role),
        lots: column('lot'),
        quantities: column('quantity'),
        uoms: column('uom'),
      }
      expect(decodeUnits(encodeUnits(facts))).toEqual(facts)
    }),
  )
})

it('decodeFlow(encodeFlow(x)) = x', () => {
  const pairs = fc.array(fc.tuple(word, word), { maxLength: 3 }).map(list => list.flat())
  fc.assert(
    fc.property(fc.record({ sources: pairs, destinations: pairs }), flow => {
      expect(decodeFlow(encodeFlow(flow))).toEqual(flow)
    }),
  )
})
