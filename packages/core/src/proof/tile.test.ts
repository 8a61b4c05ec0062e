import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sameBytes, utf8 } from './bytes.ts'
import { openCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { decodeBundle, encodeBundle } from './entry-bundle.ts'
import { provesConsistency, provesInclusion } from './merkle.ts'
import { openNote } from './note.ts'
import { Refusal } from './refusal.ts'
import { noteVerifier } from './signature.ts'
import { CRYPTO } from './signing.fixture.ts'
import { parseTilePath, type Tile, tilePath, tilesBetween } from './tile.ts'
import { edgeTiles, growTiles } from './tile-edge.ts'
import { keepTiles, tileNodes } from './tile-nodes.ts'
import { type FetchTile, openTiles, tilesOfProofs } from './tile-reader.ts'
import { flip, leavesOf, rootNaively, SHA256_TREE } from './tree.fixture.ts'
import { logBytes, logFiles, logVectors, VECTORS_THERE } from './vectors.fixture.ts'

const PATHS = logVectors('tiles/paths.json', {
  paths: [] as { level: number | 'entries'; index: string; width?: number; path: string }[],
  reject: [] as string[],
  tiles_for_size: [] as ({ size: number } & Record<string, number>)[],
})

describe.skipIf(!VECTORS_THERE)('published tile paths (skipped where ../shared/vectors is absent)', () => {
  it.each(PATHS.paths)('$path', ({ level, index, width, path }) => {
    const tile = { level, index: BigInt(index), width: width ?? 256 }
    expect(tilePath(tile)).toBe(path)
    expect(parseTilePath(path)).toEqual(tile)
  })

  it.each(PATHS.reject)('refuses %s', path => {
    expect(() => parseTilePath(path)).toThrow(Refusal)
  })

  it.each(PATHS.tiles_for_size)('tiles of size $size', ({ size, ...expected }) => {
    const tiles = [...tilesBetween(0n, BigInt(size))]
    const counts: Record<string, number> = {}
    for (const { level, width } of tiles) {
      if (width < 256) counts[`level${level}_partial`] = width
      else counts[`level${level}_full`] = (counts[`level${level}_full`] ?? 0) + 1
    }
    expect(counts).toEqual('none' in expected ? {} : expected)
  })
})

/** Leaf hashes of entries. */
const hashesOf = (entries: Uint8Array[]) => entries.map(SHA256_TREE.leaf)

describe.skipIf(!VECTORS_THERE)('published logs (skipped where ../shared/vectors is absent)', () => {
  const LOG = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'
  const log = { origin: 'example.com/log/testdata', keys: [noteVerifier(LOG, CRYPTO.checks)] }
  const names = logFiles('tiles/tessera-log')

  it('15 entries: every checkpoint, tile and bundle is what the entries give', async () => {
    expect(names.filter(n => n.startsWith('checkpoint.')).length).toBe(16)
    const bundle = logBytes('tiles/tessera-log/tile/entries/000.p/15')
    const entries = decodeBundle(bundle, 15)
    expect(encodeBundle(entries)).toEqual(bundle)
    const grown = growTiles(SHA256_TREE)
    for (let size = 0; size <= 15; size++) {
      const opened = await openCheckpoint(logBytes(`tiles/tessera-log/checkpoint.${size}`), log)
      expect(opened).toMatchObject({ size: BigInt(size), root: grown.root() })
      for (const tile of grown.changed()) expect(tile.bytes).toEqual(logBytes(`tiles/tessera-log/${tilePath(tile)}`))
      if (size > 0) {
        const then = logBytes(`tiles/tessera-log/tile/entries/000.p/${size}`)
        expect(decodeBundle(then, size)).toEqual(entries.slice(0, size))
      }
      if (size < 15) grown.append(SHA256_TREE.leaf(entries[size]!))
    }
  })

  it('300 entries: tiles of two levels, and the root that a mirror has cosigned', async () => {
    const mirror = 'mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O'
    const { text } = await openNote(logBytes('tiles/mirror-300/checkpoint'), [noteVerifier(mirror, CRYPTO.checks)])
    const { size, root } = parseCheckpoint(text)
    const grown = growTiles(SHA256_TREE)
    for (const leaf of hashesOf(Array.from({ length: 300 }, (_, i) => utf8(`record ${i}`)))) grown.append(leaf)
    expect(grown.root()).toEqual(root)
    const tiles = grown.changed()
    expect(tiles.map(tilePath)).toEqual(['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1'])
    for (const tile of tiles) expect(tile.bytes).toEqual(logBytes(`tiles/mirror-300/${tilePath(tile)}`))
    const files = new Set(logFiles('tiles/mirror-300'))
    const fetch: FetchTile = async t => (files.has(tilePath(t)) ? logBytes(`tiles/mirror-300/${tilePath(t)}`) : null)
    const reader = await openTiles(SHA256_TREE, { size, root }, fetch)
    const path = await reader.inclusion(255n)
    expect(path.length).toBe(9)
    const leafHash = SHA256_TREE.leaf(utf8('record 255'))
    expect(provesInclusion(SHA256_TREE, { index: 255n, size, leafHash, path, root })).toBe(true)
  })
})

/**
 * Everything a log of these leaves would have stored, appended in steps of any length, as sequencers do: of every three
 * steps two at once, one leaf by leaf.
 */
function stored(leaves: Uint8Array[], steps: number[] = [leaves.length]) {
  const files = new Map<string, Uint8Array>()
  let grown = growTiles(SHA256_TREE)
  let at = 0
  for (let i = 0; at < leaves.length; i++) {
    const end = Math.min(leaves.length, at + steps[i % steps.length]!)
    if (i % 3 < 2) grown.append(Buffer.concat(leaves.slice(at, end)))
    else for (const leaf of leaves.slice(at, end)) grown.append(leaf)
    at = end
    for (const tile of grown.changed()) files.set(tilePath(tile), tile.bytes)
    // Every other time from what is stored alone, as after a restart.
    if (i % 2 === 1) {
      const edge = edgeTiles(BigInt(at)).map(t => ({ ...t, bytes: files.get(tilePath(t))! }))
      grown = growTiles(SHA256_TREE, BigInt(at), edge)
    }
  }
  const fetch: FetchTile = async tile => files.get(tilePath(tile)) ?? null
  return { files, fetch, root: grown.root(), size: BigInt(leaves.length) }
}

const LEAVES = leavesOf(SHA256_TREE, 66_000)

describe('tiles of a growing tree', () => {
  it('are those that its size implies, whatever the steps and restarts, and lead to every proof', async () => {
    const around = fc.tuple(fc.constantFrom(1, 2, 255, 256, 512, 1024), fc.integer({ min: -1, max: 1 }))
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.integer({ min: 1, max: 1500 }),
          around.map(([n, d]) => Math.max(1, n + d)),
        ),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        async (n, steps, any) => {
          const leaves = LEAVES.slice(0, n)
          const { files, fetch, root, size } = stored(leaves, steps)
          expect(root).toEqual(rootNaively(SHA256_TREE, leaves))
          for (const tile of tilesBetween(0n, size))
            expect(files.get(tilePath(tile))?.length, tilePath(tile)).toBe(32 * tile.width)
          const reader = await openTiles(SHA256_TREE, { size, root }, fetch)
          const index = any % n
          const then = 1 + (any % n)
          const claim = { index: BigInt(index), size, leafHash: leaves[index]!, root }
          expect(await reader.leafHash(BigInt(index))).toEqual(leaves[index])
          expect(provesInclusion(SHA256_TREE, { ...claim, path: await reader.inclusion(BigInt(index)) })).toBe(true)
          const fromRoot = await reader.rootAt(BigInt(then))
          expect(fromRoot).toEqual(rootNaively(SHA256_TREE, leaves.slice(0, then)))
          const proof = await reader.consistency(BigInt(then))
          const grown = { from: BigInt(then), to: size, fromRoot, toRoot: root, proof }
          expect(provesConsistency(SHA256_TREE, grown)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('three levels: full tiles above full tiles', async () => {
    const { files, fetch, root, size } = stored(LEAVES, [9000])
    expect(files.has('tile/1/000') && files.has('tile/2/000.p/1') && files.has('tile/0/257.p/208')).toBe(true)
    const reader = await openTiles(SHA256_TREE, { size, root }, fetch)
    for (const index of [0, 255, 256, 65_535, 65_536, 65_999]) {
      const claim = { index: BigInt(index), size, leafHash: LEAVES[index]!, root }
      expect(provesInclusion(SHA256_TREE, { ...claim, path: await reader.inclusion(BigInt(index)) })).toBe(true)
    }
    const old = 40_000n
    const path = await reader.inclusion(39_999n, old)
    const claim = { index: 39_999n, size: old, leafHash: LEAVES[39_999]!, root: await reader.rootAt(old), path }
    expect(provesInclusion(SHA256_TREE, claim)).toBe(true)
  })

  it('a partial tile that is gone is cut from the full one', async () => {
    const { files, root: _, fetch } = stored(LEAVES.slice(0, 1024), [300])
    const root = rootNaively(SHA256_TREE, LEAVES.slice(0, 300))
    files.delete('tile/0/001.p/44')
    files.delete('tile/1/000.p/1')
    files.set('tile/1/000', new Uint8Array(8192).fill(7))
    await expect(openTiles(SHA256_TREE, { size: 300n, root }, fetch)).rejects.toMatchObject({ kind: 'tile-wrong' })
    const above = new Uint8Array(8192)
    above.set(stored(LEAVES.slice(0, 256)).files.get('tile/1/000.p/1')!)
    files.set('tile/1/000', above)
    expect((await openTiles(SHA256_TREE, { size: 300n, root }, fetch)).size).toBe(300n)
  })

  it('an altered bit of any tile is found before the tile is used', async () => {
    const logs = [1, 256, 700, 66_000].map(n => stored(LEAVES.slice(0, n)))
    const anyTile = fc.constantFrom(...logs).chain(log => {
      const tiles = [...tilesBetween(0n, log.size)]
      return fc.record({ log: fc.constant(log), tile: fc.nat({ max: tiles.length - 1 }).map(i => tiles[i]!) })
    })
    await fc.assert(
      fc.asyncProperty(fc.noBias(anyTile), fc.noBias(fc.nat()), async ({ log, tile }, any) => {
        const path = tilePath(tile)
        const good = log.files.get(path)!
        const read = (bytes: Uint8Array | null) => {
          const fetch: FetchTile = t => (tilePath(t) === path ? Promise.resolve(bytes) : log.fetch(t))
          return openTiles(SHA256_TREE, log, fetch).then(reader => reader.tile(tile.level as number, tile.index))
        }
        expect(await read(good)).toEqual(good)
        const bit = any % (good.length * 8)
        await expect(read(flip(good, bit)), `${path} bit ${bit}`).rejects.toMatchObject({ kind: 'tile-wrong' })
        await expect(read(good.subarray(0, any % good.length))).rejects.toMatchObject({ kind: 'tile-length' })
        await expect(read(null)).rejects.toMatchObject({ kind: 'tile-missing' })
      }),
      { numRuns: 200 },
    )
  })

  it('tiles that earlier readers left are not fetched again, and one that is wrong is', async () => {
    const shared = keepTiles(8)
    const asked: string[] = []
    const read = async (n: number, index: bigint, most?: number) => {
      const { fetch, root, size } = stored(LEAVES.slice(0, n))
      asked.length = 0
      const told: FetchTile = async tile => {
        asked.push(tilePath(tile))
        return fetch(tile)
      }
      const needed = tilesOfProofs([index], size).map(tilePath)
      const reader = await openTiles(SHA256_TREE, { size, root }, told, shared)
      const claim = { index, size, leafHash: LEAVES[Number(index)]!, root, path: await reader.inclusion(index) }
      expect(provesInclusion(SHA256_TREE, claim)).toBe(true)
      expect(needed).toEqual(expect.arrayContaining(asked))
      if (most !== undefined) expect(asked.length, asked.join(' ')).toBe(most)
    }
    // tile/0/000 and the edge: tile/0/257.p/208, tile/1/001.p/1, tile/2/000.p/1; and tile/1/000 above the first
    await read(66_000, 7n, 5)
    await read(66_000, 7n, 1)
    await read(66_000, 300n, 1)
    await read(66_000, 65_999n, 0)
    for (const path of ['tile/1/000', 'tile/1/001.p/1', 'tile/2/000.p/1']) {
      shared.set(path, tileNodes(SHA256_TREE, flip(shared.get(path)?.bytes ?? LEAVES[0]!, 9)))
      await read(66_000, 7n)
      await read(66_000, 7n, 1)
    }
    // Another tree of that size under the same names, as after a restore.
    const other = LEAVES.slice(1, 701)
    const { fetch, root, size } = stored(other)
    await read(700, 3n)
    const reader = await openTiles(SHA256_TREE, { size, root }, fetch, shared)
    const claim = { index: 3n, size, leafHash: other[3]!, root, path: await reader.inclusion(3n) }
    expect(provesInclusion(SHA256_TREE, claim)).toBe(true)
  })

  it('what the tree has not is refused', async () => {
    const { fetch, root, size } = stored(LEAVES.slice(0, 300))
    const reader = await openTiles(SHA256_TREE, { size, root }, fetch)
    const asked = [
      () => reader.leafHash(300n),
      () => reader.leafHash(-1n),
      () => reader.inclusion(0n, 301n),
      () => reader.consistency(0n),
      () => reader.rootAt(301n),
      () => reader.tile(2, 0n),
      () => reader.tile(0, 2n),
    ]
    for (const ask of asked) await expect(ask()).rejects.toMatchObject({ kind: 'range-wrong' })
    expect(await reader.rootAt(0n)).toEqual(SHA256_TREE.empty)
  })

  it('the empty tree has no tiles', async () => {
    const none: FetchTile = async () => null
    const reader = await openTiles(SHA256_TREE, { size: 0n, root: SHA256_TREE.empty }, none)
    expect(reader.size).toBe(0n)
    const other = { size: 0n, root: LEAVES[0]! }
    await expect(openTiles(SHA256_TREE, other, none)).rejects.toMatchObject({ kind: 'tile-wrong' })
  })
})

describe('entry bundles and paths', () => {
  it('go back and forth; what is cut or has more is refused', () => {
    const entry = fc.uint8Array({ maxLength: 70 })
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 256 }), fc.nat(), (entries, any) => {
        const bundle = encodeBundle(entries)
        expect(decodeBundle(bundle, entries.length)).toEqual(entries)
        for (const width of [entries.length - 1, entries.length + 1])
          expect(() => decodeBundle(bundle, width)).toThrow(Refusal)
        const cut = bundle.subarray(0, any % bundle.length)
        expect(() => decodeBundle(cut, entries.length)).toThrow(Refusal)
      }),
    )
    expect(() => encodeBundle([])).toThrow(Refusal)
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(Refusal)
    const long = new Uint8Array(65_535).fill(9)
    expect(sameBytes(decodeBundle(encodeBundle([long]), 1)[0]!, long)).toBe(true)
  })

  it('a path is one spelling of one tile', () => {
    const tile = fc.record<Tile>({
      level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
      index: fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }),
      width: fc.integer({ min: 1, max: 256 }),
    })
    fc.assert(
      fc.property(tile, t => {
        expect(parseTilePath(tilePath(t))).toEqual(t)
      }),
    )
  })
})
