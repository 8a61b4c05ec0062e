import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditLog, type LogSource } from './audit.ts'
import { signCheckpoint } from './checkpoint.ts'
import { encodeBundle } from './entry-bundle.ts'
import { SM2 } from './key.ts'
import { encodeEntry } from './leaf.ts'
import { CRYPTO, ed25519Signer, sm2Signer } from './signing.fixture.ts'
import { suite, suiteOf } from './suite.ts'
import { tilePath } from './tile.ts'
import { growTiles } from './tile-edge.ts'
import { flip } from './tree.fixture.ts'

/** Logs as a server has them, path by path: full and partial tiles and bundles, of one level and of two. */

const SIGNERS = [
  ed25519Signer('city.example/log', new Uint8Array(32).fill(7)),
  sm2Signer('city.example/log/sm', '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8', SM2),
]

async function logOf(signer: (typeof SIGNERS)[number], size: number) {
  const { tree, hashName } = suite(suiteOf(signer.vkey), CRYPTO)
  const entries = Array.from({ length: size }, (_, i) => {
    const commitments = { [hashName]: tree.leaf(new TextEncoder().encode(`commitment ${i}`)) }
    return encodeEntry({ kind: 'event', position: BigInt(i + 1), commitments })
  })
  const grown = growTiles(tree)
  const files = new Map<string, Uint8Array>()
  for (const entry of entries) grown.append(tree.leaf(entry))
  for (const tile of grown.changed()) files.set(tilePath(tile), tile.bytes)
  for (let n = 0; n * 256 < size; n++) {
    const some = entries.slice(n * 256, n * 256 + 256)
    files.set(tilePath({ level: 'entries', index: BigInt(n), width: some.length }), encodeBundle(some))
  }
  const origin = signer.name
  files.set(
    'checkpoint',
    await signCheckpoint({ origin, size: BigInt(size), root: grown.root(), extensions: [] }, [signer]),
  )
  return { key: signer.vkey, files }
}

/** The log with one file exchanged. */
function sourceOf(files: ReadonlyMap<string, Uint8Array>, other: [string, Uint8Array | null] | null = null): LogSource {
  const read = (path: string) => (other?.[0] === path ? other[1] : (files.get(path) ?? null))
  return {
    checkpoint: async () => read('checkpoint') ?? new Uint8Array(0),
    fetch: async tile => read(tilePath(tile)),
  }
}

const LOGS = await Promise.all(SIGNERS.flatMap(signer => [1, 256, 300, 515].map(size => logOf(signer, size))))
const anyFile = fc.noBias(
  fc
    .constantFrom(...LOGS)
    .chain(log => fc.record({ log: fc.constant(log), path: fc.constantFrom(...log.files.keys()) })),
)

describe('an audit of a whole log', () => {
  it('finds nothing where nothing is altered', async () => {
    for (const { key, files } of LOGS) {
      const { findings, checkpoint } = await auditLog(sourceOf(files), { key, crypto: CRYPTO })
      expect(findings).toEqual([])
      expect(checkpoint).not.toBe(null)
    }
  })

  it('finds any bit that is altered, of any tile, any bundle and the checkpoint', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, fc.noBias(fc.nat()), async ({ log: { key, files }, path }, any) => {
        const right = files.get(path) as Uint8Array
        const altered = flip(right, any % (right.length * 8))
        const { findings } = await auditLog(sourceOf(files, [path, altered]), { key, crypto: CRYPTO })
        expect(findings.length).toBeGreaterThan(0)
      }),
      { numRuns: 150 },
    )
  })

  it('finds what is cut off, put behind, or missing', { timeout: 120_000 }, async () => {
    for (const { key, files } of LOGS)
      for (const [path, right] of files)
        for (const other of [right.subarray(0, -1), Uint8Array.of(...right, 0), null]) {
          const { findings } = await auditLog(sourceOf(files, [path, other]), { key, crypto: CRYPTO })
          expect(findings.length, path).toBeGreaterThan(0)
        }
  })
})
