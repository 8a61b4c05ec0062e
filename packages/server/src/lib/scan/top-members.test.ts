import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rendered } from './reference.fixture.ts'
import { topMembers } from './top-members.ts'

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'b"', '{"a":1}', '\\\\', '\\"a'))
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text, fc.dictionary(text, text, { maxKeys: 2 }))
const object = fc.dictionary(fc.oneof(text, fc.constantFrom('a', 'b', 'é')), value, { maxKeys: 6 })

describe('members of an object itself', () => {
  it('are found where they are, however they are written', () => {
    fc.assert(
      fc.property(object, fc.nat(), (given, seed) => {
        const written = rendered(given, seed)
        const bytes = Buffer.from(written)
        const said = JSON.parse(written) as Record<string, unknown>
        const found = topMembers(bytes, ['a', 'b', 'é'])
        const names = Object.keys(said).filter(name => ['a', 'b', 'é'].includes(name))
        expect([...found.keys()].sort()).toEqual(names.sort())
        for (const [name, { from, to }] of found)
          expect(JSON.parse(bytes.toString('utf8', from, to))).toEqual(said[name])
      }),
      { numRuns: 2_000 },
    )
  })

  it('are told from those within, and by the name that escapes stand for', () => {
    const bytes = Buffer.from('{"x":{"a":1},"y":[{"a":2}],"z":"\\"a\\":3" , "\\u0061" : 4}')
    const found = topMembers(bytes, ['a'])
    expect([...found].map(([name, { from, to }]) => [name, bytes.toString('utf8', from, to)])).toEqual([['a', '4']])
    expect(topMembers(Buffer.from('{ }'), ['a']).size).toBe(0)
  })
})
