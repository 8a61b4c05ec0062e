import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textOf, utf8 } from './bytes.ts'
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts'
import { decodeBundle, encodeBundle } from './entry-bundle.ts'
import { formatVerifierKey, parseVerifierKey } from './key.ts'
import { decodeEntry } from './leaf.ts'
import { parseNote } from './note.ts'
import { parsePolicy } from './policy.ts'
import { formatProofFile, parseProofFile } from './proof-file.ts'
import { Refusal } from './refusal.ts'
import { ed25519Signer } from './signing.fixture.ts'
import { sm2FromDer } from './sm2.ts'
import { parseTilePath } from './tile.ts'
import { SHA256_TREE } from './tree.fixture.ts'
import { formatAddCheckpoint, parseAddCheckpoint, readAddCheckpoint } from './witness.ts'

const signer = ed25519Signer('city.example/log', new Uint8Array(32).fill(9))
const note = await signCheckpoint({ origin: 'city.example/log', size: 42n, root: SHA256_TREE.empty, extensions: [] }, [
  signer,
])
const hashes = [SHA256_TREE.empty, SHA256_TREE.leaf(note)]
const text = (read: (text: string) => unknown) => (bytes: Uint8Array) => read(textOf(bytes))

/** Every reader of foreign bytes, with something good to begin from. */
const READERS: [string, (bytes: Uint8Array) => unknown, Uint8Array][] = [
  ['note', parseNote, note],
  ['checkpoint', text(parseCheckpoint), parseNote(note).text],
  ['verifier key', text(key => parseVerifierKey(key)), utf8(formatVerifierKey(signer.vkey))],
  ['proof file', parseProofFile, formatProofFile({ index: 41n, path: hashes, checkpoint: note, extra: hashes[0]! })],
  ['policy', text(policy => parsePolicy(policy)), utf8(`log ${formatVerifierKey(signer.vkey)}\nquorum none\n`)],
  ['tile path', text(parseTilePath), utf8('tile/0/x001/234.p/56')],
  ['bundle', bytes => decodeBundle(bytes, 3), encodeBundle([note, hashes[0]!, hashes[1]!])],
  ['entry', decodeEntry, Uint8Array.of(1, 1, 3, 0, ...new Uint8Array(72))],
  ['add-checkpoint', parseAddCheckpoint, formatAddCheckpoint(7n, hashes, note)],
  ['SM2 signature', sm2FromDer, Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1)],
]

/** Good bytes with some replaced, taken out or put in, or any bytes at all. */
function mutated(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat({ max: good.length }), fc.nat({ max: 3 }), fc.uint8Array({ maxLength: 4 }))
  return fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
    {
      weight: 4,
      arbitrary: fc.array(change, { minLength: 1, maxLength: 4 }).map(changes => {
        const bytes = [...good]
        for (const [at, taken, put] of changes) bytes.splice(at, taken, ...put)
        return Uint8Array.from(bytes)
      }),
    },
  )
}

describe('whatever bytes come', () => {
  it.each(READERS)('%s: read or refused, nothing else thrown', (_, read, good) => {
    expect(() => read(good)).not.toThrow()
    fc.assert(
      fc.property(mutated(good), bytes => {
        try {
          read(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
          expect((error as Refusal).words.zh).not.toBe('')
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('a witness answers 4xx, and never fails', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(formatAddCheckpoint(7n, hashes, note)), async body => {
        const answer = await readAddCheckpoint(body, () => undefined)
        expect('status' in answer && [400, 404].includes(answer.status)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
