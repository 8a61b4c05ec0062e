import { describe, expect, it } from 'vitest'
import { jointContext, STANDARD_CONTEXT } from './contexts.ts'

const event = (context: unknown, bytes = '{}') => ({ context, bytes: Buffer.from(bytes) })

describe('jointContext', () => {
  it('gives the context that all share as it is', () => {
    const own = [STANDARD_CONTEXT, 'https://elsewhere.example.org/c.jsonld', { '@vocab': 'https://v.example.org/' }]
    expect(jointContext([event(own), event(structuredClone(own))])).toEqual({ context: own, count: 2 })
    expect(jointContext([event(null)])).toEqual({ context: STANDARD_CONTEXT, count: 1 })
    expect(jointContext([])).toEqual({ context: STANDARD_CONTEXT, count: 0 })
  })

  it('joins definitions that do not clash', () => {
    const a = event([STANDARD_CONTEXT, { a: 'https://a.example.org/', b: 'https://b.example.org/' }])
    const b = event(['https://gs1.github.io/EPCIS/epcis-context.jsonld', { b: 'https://b.example.org/' }])
    const c = event(STANDARD_CONTEXT)
    expect(jointContext([c, a, b])).toEqual({
      context: [STANDARD_CONTEXT, { a: 'https://a.example.org/', b: 'https://b.example.org/' }],
      count: 3,
    })
  })

  it('stops where a name means two things, or would get a meaning that it had not', () => {
    const a = event([STANDARD_CONTEXT, { a: 'https://a.example.org/' }], '{"a:x":1}')
    const other = event([STANDARD_CONTEXT, { a: 'https://other.example.org/' }])
    expect(jointContext([a, a, other, a]).count).toBe(2)
    const undefinedName = event(STANDARD_CONTEXT, '{"x":"a:value"}')
    expect(jointContext([a, undefinedName]).count).toBe(1)
    expect(jointContext([undefinedName, a]).count).toBe(1)
    const unknown = event([STANDARD_CONTEXT, 'https://elsewhere.example.org/c.jsonld'])
    expect(jointContext([a, unknown]).count).toBe(1)
    expect(jointContext([unknown, a])).toEqual({ context: unknown.context, count: 1 })
  })
})
