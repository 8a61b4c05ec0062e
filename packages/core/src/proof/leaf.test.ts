import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex, utf8 } from './bytes.ts'
import {
  checkOpening,
  commitmentOf,
  commitmentsTo,
  commitmentTo,
  decodeEntry,
  encodeEntry,
  type LogEntry,
  type Opening,
  STATEMENTS,
  type StatementName,
  TOMBSTONE_REASONS,
  type TombstoneReason,
} from './leaf.ts'
import { Refusal } from './refusal.ts'
import { CRYPTO } from './signing.fixture.ts'
import { flip, SHA256_TREE, SM3_TREE } from './tree.fixture.ts'
import { piecesAlone } from './tree-hash.ts'

const OPENING: Opening = {
  kind: 'event',
  salt: Uint8Array.from({ length: 16 }, (_, i) => i),
  bytes: utf8('{"type":"ObjectEvent"}'),
  mediaType: 'application/json',
  context: utf8('"https://ref.gs1.org/standards/epcis/epcis-context.jsonld"'),
  receivedAt: 1_790_000_000_123_456n,
  reporter: 'org-1',
}
const entryOf = (opening: Opening): LogEntry => ({
  kind: 'event',
  position: 7n,
  commitments: {
    sha256: commitmentOf(CRYPTO.hashes.sha256, opening),
    sm3: commitmentOf(CRYPTO.hashes.sm3, opening),
  },
})

describe('a commitment', () => {
  it.each(['sha256', 'sm3'] as const)('%s: is what docs/adr/0011 says, written out by hand', name => {
    const digest = (...parts: (Buffer | string)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash(name)).digest()
    const preimage = [
      Buffer.from('yuanliu event v1\n'),
      Buffer.from('0010000102030405060708090a0b0c0d0e0f', 'hex'),
      Buffer.from('0020', 'hex'),
      digest('{"type":"ObjectEvent"}'),
      Buffer.from('0010', 'hex'),
      'application/json',
      Buffer.from('0020', 'hex'),
      digest('"https://ref.gs1.org/standards/epcis/epcis-context.jsonld"'),
      Buffer.from('0008', 'hex'),
      Buffer.from((1_790_000_000_123_456).toString(16).padStart(16, '0'), 'hex'),
      Buffer.from('0005', 'hex'),
      'org-1',
    ]
    expect(hex(commitmentOf(CRYPTO.hashes[name], OPENING))).toBe(digest(...preimage).toString('hex'))
  })

  it('to many events of one document is the same as to each of them', () => {
    const hash = CRYPTO.hashes.sha256
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(bytes, bytes), { minLength: 1, maxLength: 5 }),
        fc.option(bytes),
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        (events, context, reporter) => {
          const contextDigest = context ?? new Uint8Array(0)
          const same = {
            kind: 'event',
            mediaType: 'application/json',
            receivedAt: 9n,
            reporter,
            contextDigest,
          } as const
          const commit = commitmentsTo(piecesAlone(hash), same)
          const salts = events.map(([, more]) => more.subarray(0, 16))
          // Another commitment made meanwhile does not disturb it.
          commitmentOf(hash, OPENING)
          const made = commit(salts, Buffer.concat(events.map(([digest]) => digest)))
          const expected = events.map(([digest], i) =>
            commitmentTo(hash, { ...same, salt: salts[i] as Uint8Array, digest }),
          )
          expect(hex(made)).toBe(hex(Buffer.concat(expected)))
        },
      ),
    )
    const commit = commitmentsTo(piecesAlone(hash), {
      kind: 'event',
      mediaType: '',
      receivedAt: 0n,
      reporter: '',
      contextDigest: new Uint8Array(0),
    })
    expect(() => commit([new Uint8Array(15)], new Uint8Array(32))).toThrow(Refusal)
    expect(() => commit([new Uint8Array(16)], new Uint8Array(31))).toThrow(Refusal)
    expect(() => commit([], new Uint8Array(32))).toThrow(Refusal)
    expect(commit([], new Uint8Array(0))).toHaveLength(0)
  })

  it('is opened by the event, its salt and its circumstances, and by nothing else', () => {
    const entry = entryOf(OPENING)
    expect(checkOpening(entry, OPENING, CRYPTO.hashes)).toEqual(['sha256', 'sm3'])
    expect(checkOpening(entry, OPENING, { sm3: CRYPTO.hashes.sm3 })).toEqual(['sm3'])
    const others: Partial<Opening>[] = [
      { salt: flip(OPENING.salt, 9) },
      { bytes: flip(OPENING.bytes, 0) },
      { mediaType: 'application/xml' },
      { context: new Uint8Array(0) },
      { receivedAt: OPENING.receivedAt + 1n },
      { reporter: 'org-2' },
      { kind: 'tombstone' },
      // A byte moved from one field into the next.
      { mediaType: 'application/jso', context: utf8(`n${OPENING.context}`) },
    ]
    for (const other of others)
      expect(() => checkOpening(entry, { ...OPENING, ...other }, CRYPTO.hashes)).toThrow(
        expect.objectContaining({ kind: 'commitment-wrong' }),
      )
  })

  it('one that is right does not excuse one that is wrong, and none is not enough', () => {
    const { commitments } = entryOf(OPENING)
    const half: LogEntry = { kind: 'event', position: 7n, commitments: { ...commitments, sm3: commitments.sha256! } }
    expect(() => checkOpening(half, OPENING, CRYPTO.hashes)).toThrow(Refusal)
    const only: LogEntry = { kind: 'event', position: 7n, commitments: { sha256: commitments.sha256! } }
    expect(() => checkOpening(only, OPENING, { sm3: CRYPTO.hashes.sm3 })).toThrow(Refusal)
  })

  it('is not made of what cannot be written', () => {
    for (const wrong of [{ salt: new Uint8Array(15) }, { receivedAt: -1n }, { reporter: 'x'.repeat(70_000) }])
      expect(() => commitmentOf(CRYPTO.hashes.sha256, { ...OPENING, ...wrong })).toThrow(Refusal)
  })
})

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const number = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n })
const commitments = fc.oneof(
  fc.record({ sha256: hash }),
  fc.record({ sm3: hash }),
  fc.record({ sha256: hash, sm3: hash }),
)
const entry: fc.Arbitrary<LogEntry> = fc.oneof(
  fc.record({ kind: fc.constant('event' as const), position: number, commitments }),
  fc.record({
    kind: fc.constant('tombstone' as const),
    position: number,
    reason: fc.constantFrom(...(Object.keys(TOMBSTONE_REASONS) as TombstoneReason[])),
    target: number,
    commitments,
  }),
  fc.record({
    kind: fc.constant('statement' as const),
    position: number,
    says: fc.constantFrom(...(Object.keys(STATEMENTS) as StatementName[])),
    commitments,
  }),
)

describe('the worked example of docs/adr/0011', () => {
  const text = readFileSync(new URL('../../../../docs/adr/0011-leaf.md', import.meta.url), 'utf8')
  it('is what the code gives', () => {
    const example = entryOf(OPENING)
    const bytes = encodeEntry(example)
    expect(hex(bytes.subarray(0, 12))).toBe('010103000000000000000007')
    const values = [...Object.values(example.commitments), SHA256_TREE.leaf(bytes), SM3_TREE.leaf(bytes)]
    expect(values.length).toBe(4)
    for (const value of values) expect(text).toContain(hex(value))
  })
})

describe('an entry', () => {
  it('has the bytes that docs/adr/0011 gives', () => {
    const sha256 = new Uint8Array(32).fill(0xaa)
    const sm3 = new Uint8Array(32).fill(0xbb)
    expect(hex(encodeEntry({ kind: 'event', position: 258n, commitments: { sha256 } }))).toBe(
      `01010100${'0000000000000102'}${'aa'.repeat(32)}`,
    )
    expect(
      hex(
        encodeEntry({
          kind: 'tombstone',
          position: 259n,
          target: 5n,
          reason: 'by-order',
          commitments: { sm3, sha256 },
        }),
      ),
    ).toBe(`01020303${'0000000000000103'}${'0000000000000005'}${'aa'.repeat(32)}${'bb'.repeat(32)}`)
    // docs/adr/0027
    expect(hex(encodeEntry({ kind: 'statement', position: 260n, says: 'signature', commitments: { sm3 } }))).toBe(
      `02030203${'0000000000000104'}${'bb'.repeat(32)}`,
    )
  })

  it('goes back and forth, in at most 84 bytes', () => {
    fc.assert(
      fc.property(entry, e => {
        const bytes = encodeEntry(e)
        expect([44, 76, 52, 84]).toContain(bytes.length)
        expect(decodeEntry(bytes)).toEqual(e)
      }),
    )
  })

  it('other bytes are refused, or are another entry spelled in the only way', () => {
    fc.assert(
      fc.property(entry, fc.nat(), fc.nat({ max: 90 }), (e, bit, length) => {
        const bytes = encodeEntry(e)
        for (const other of [flip(bytes, bit % (bytes.length * 8)), bytes.subarray(0, length), bytes.subarray(1)]) {
          try {
            expect(encodeEntry(decodeEntry(other))).toEqual(other)
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal)
          }
        }
      }),
    )
    const future = encodeEntry(entryOf(OPENING)).with(0, 3)
    expect(() => decodeEntry(future)).toThrow(expect.objectContaining({ kind: 'entry-version' }))
    // A version knows its own kinds only.
    expect(() => decodeEntry(future.with(0, 2))).toThrow(expect.objectContaining({ kind: 'entry-shape' }))
    expect(() => decodeEntry(future.with(0, 1).with(1, 3))).toThrow(expect.objectContaining({ kind: 'entry-shape' }))
  })
})
