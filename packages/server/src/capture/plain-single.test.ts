import { checkSingleEvent, contextOf, factsOf, factsOfPlain } from '@yuanliu/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTEXT, objectEvent } from '../../../../test/support/events.ts'
import { testCodes } from '../../../core/src/codes/schemes.fixture.ts'
import { plainSingles } from './plain-single.ts'

const codes = testCodes()
const OWN = ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { ext: 'https://ext.example.org/' }]

function reader(...contexts: unknown[]) {
  const singles = plainSingles()
  for (const context of contexts) singles.learn(JSON.stringify(context))
  return singles
}
const bytesOf = (event: unknown, space = 0) => Buffer.from(JSON.stringify(event, null, space))
const event = (more: object = {}): Record<string, unknown> => ({ '@context': CONTEXT, ...objectEvent(), ...more })

describe('a bare event', () => {
  it('is read in one pass once its context is known', () => {
    const singles = reader()
    expect(singles.read(bytesOf(event()))).toBeNull()
    singles.learn(JSON.stringify(CONTEXT))
    const given = event()
    const read = singles.read(bytesOf(given))
    expect(read).toMatchObject({ context: JSON.stringify(CONTEXT), event: { eventID: given.eventID } })
    // Spaces may stand anywhere but within the context.
    const spaced = JSON.stringify(given)
      .replace('{', ' {\n ')
      .replace('"@context":', '"@context" : ')
      .replace(',"', ' ,\r\n"')
    expect(singles.read(Buffer.from(`${spaced}\n`))).not.toBeNull()
  })

  it.each([
    ['has another context', bytesOf({ ...event(), '@context': OWN })],
    ['has its context elsewhere', bytesOf({ ...objectEvent(), '@context': CONTEXT })],
    ['has two contexts', Buffer.from(JSON.stringify(event()).replace(/\}$/, ',"@context":"urn:other"}'))],
    ['has extension fields', bytesOf(event({ 'ext:note': 1 }))],
    ['is nothing but a context', bytesOf({ '@context': CONTEXT })],
    ['has something behind it', Buffer.concat([bytesOf(event()), Buffer.from('{}')])],
    ['breaks off', bytesOf(event()).subarray(0, -1)],
    ['is faulty', bytesOf(event({ action: 'observe' }))],
    ['is very long', bytesOf(event({ epcList: [`urn:x:${'y'.repeat(70_000)}`] }))],
    ['is empty', Buffer.alloc(0)],
  ])('goes the long way where it %s', (_, bytes) => {
    expect(reader(CONTEXT).read(bytes)).toBeNull()
  })

  it('is read as the long way reads it, or not at all, whatever stands there', () => {
    const singles = reader(CONTEXT, OWN, 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld')
    let read = 0
    const contexts = fc.constantFrom<unknown>(CONTEXT, OWN, OWN[0], [], null, 7)
    const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom('', ',', '{', '}', '"', ' ', 'x', '\\', '§', '0')), {
      maxLength: 2,
    })
    fc.assert(
      fc.property(contexts, fc.nat(2), edits, (context, space, changes) => {
        let text = JSON.stringify({ '@context': context, ...objectEvent() }, null, space === 2 ? 1 : 0)
        for (const [at, put] of changes)
          text = text.slice(0, at % text.length) + put + text.slice((at % text.length) + space)
        const bytes = Buffer.from(text)
        const found = singles.read(bytes)
        if (!found) return
        read++
        const value = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
        expect(JSON.parse(found.context)).toEqual(value['@context'])
        expect(checkSingleEvent(value)).toEqual([])
        const { expand } = contextOf(value['@context'], undefined)
        expect(factsOfPlain(found.event, codes)).toEqual(factsOf(value, { codes, expand }))
      }),
      { numRuns: 3_000 },
    )
    expect(read).toBeGreaterThan(300)
  })

  it('forgets the oldest of many contexts, and takes none that is not ASCII', () => {
    const singles = reader(CONTEXT, ...Array.from({ length: 15 }, (_, i) => `urn:context:${i}`))
    expect(singles.read(bytesOf(event()))).not.toBeNull()
    singles.learn('"urn:one-more"')
    expect(singles.read(bytesOf(event()))).toBeNull()
    singles.learn('"urn:例"')
    expect(singles.read(bytesOf({ ...event(), '@context': 'urn:例' }))).toBeNull()
  })
})
