import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packBlock, unpackBlock } from './event-block.ts'

const someEvents = fc.array(
  fc.record({ ordinal: fc.nat(2 ** 31), bytes: fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes)) }),
  { maxLength: 70 },
)

test('what is unpacked is what was packed', () => {
  fc.assert(
    fc.property(someEvents, events => {
      expect(unpackBlock(packBlock(events))).toEqual(events)
    }),
    { numRuns: 50 },
  )
})

test('blocks of former versions, which are deflated, are read at any level of compression', () => {
  const events = [{ ordinal: 7, bytes: Buffer.from('{"type":"ObjectEvent"}') }]
  const plain = Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 22]), events[0]?.bytes as Buffer])
  for (const level of [0, 1, 9]) expect(unpackBlock(deflateRawSync(plain, { level }))).toEqual(events)
})
