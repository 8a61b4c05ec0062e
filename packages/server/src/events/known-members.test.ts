import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rendered } from '../lib/scan/reference.fixture.ts'
import { knownInBytes, withKnown } from './known-members.ts'

const RECORDED = Date.UTC(2026, 9, 1) * 1000 + 7
const ID = 'urn:example:1'
const HASH = `ni:///sha-256;${'0'.repeat(64)}?ver=CBV2.0`

describe('what the repository says of an event', () => {
  it('is the same in its bytes as in its value', () => {
    const more = fc.dictionary(fc.constantFrom('a', 'b', 'ext:recordTime'), fc.jsonValue({ maxDepth: 2 }))
    const ids = fc.constantFrom(undefined, '', ID, HASH)
    const times = fc.constantFrom(undefined, '2001-01-01T00:00:00Z', '')
    fc.assert(
      fc.property(more, more, ids, times, fc.nat(), (before, behind, eventID, recordTime, seed) => {
        const sent = { type: 'ObjectEvent', ...before, ...(eventID !== undefined && { eventID }) }
        const event = { ...sent, ...(recordTime !== undefined && { recordTime }), ...behind }
        const written = rendered(event, seed)
        const known = { bytes: Buffer.from(written), id: eventID || HASH, recorded: RECORDED }
        expect(JSON.parse(knownInBytes(known).toString())).toEqual(withKnown(JSON.parse(written), known))
      }),
      { numRuns: 1_000 },
    )
  })

  it('leaves every other byte as it was', () => {
    const bytes = Buffer.from(' {"recordTime" : "x","n":[1.10, 1e2],"t":"\\u0062"} ')
    const filled = knownInBytes({ bytes, id: HASH, recorded: RECORDED }).toString()
    const time = '"2026-10-01T00:00:00.000007Z"'
    expect(filled).toBe(` {"recordTime" : ${time},"n":[1.10, 1e2],"t":"\\u0062","eventID":"${HASH}"} `)
    const plain = Buffer.from(`{"eventID":"${ID}"}`)
    expect(knownInBytes({ bytes: plain, id: ID, recorded: RECORDED }).toString()).toBe(
      `{"eventID":"${ID}","recordTime":${time}}`,
    )
  })
})
