import { sameBytes, textOf } from './bytes.ts'
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { decodeBundle } from './entry-bundle.ts'
import type { VerifierKey } from './key.ts'
import { decodeEntry, type LogEntry } from './leaf.ts'
import { parseNote } from './note.ts'
import { Refusal } from './refusal.ts'
import { noteVerifier } from './signature.ts'
import { type ProofCrypto, suite, suiteOf } from './suite.ts'
import { TILE_WIDTH, tilePath } from './tile.ts'
import { growTiles, hashIn, type TileOfHashes } from './tile-edge.ts'
import type { FetchTile } from './tile-reader.ts'
import { leafHashes } from './tree-hash.ts'

/** Re-reading a whole log: every entry, every tile, the root and the signature; what differs is said, and where. */

/** Where a log is read from: a server, a database, a folder. */
export interface LogSource {
  checkpoint(): Promise<Uint8Array>
  /** tiles of hashes, and bundles under the level `entries` */
  fetch: FetchTile
}

/** Something that is not as it must be. */
export interface Finding {
  /** `checkpoint`, a tile's path, or `entry <index>` */
  at: string
  words: { zh: string; en: string }
}

/** A tree of the log as somebody saw it before. */
export interface KnownHead {
  size: bigint
  root: Uint8Array
  /** where it is kept, for the finding; `checkpoint` without it */
  place?: string
}

export interface AuditOptions {
  /** the log's key; the suite follows from it */
  key: VerifierKey
  crypto: ProofCrypto
  /** checkpoints seen before: the log must still begin with them */
  known?: readonly KnownHead[]
  /** told every entry in order, with its bytes */
  entry?: (index: bigint, entry: LogEntry, bytes: Uint8Array) => void | Promise<void>
  /** entries read so far, and how many there are */
  progress?: (done: bigint, total: bigint) => void
}

export interface Audit {
  /** null: it could not even be read */
  checkpoint: Checkpoint | null
  findings: Finding[]
}

/** Findings that are kept: where all is wrong, the first say enough. */
const MAX_FINDINGS = 1_000

/** Reads a log from end to end and rebuilds its tree. Resolves also where nothing is right: the findings say so. */
export async function auditLog(source: LogSource, options: AuditOptions): Promise<Audit> {
  const { key, crypto, known = [] } = options
  const { tree } = suite(suiteOf(key), crypto)
  const findings: Finding[] = []
  const found = (at: string, zh: string, en: string) => {
    if (findings.length < MAX_FINDINGS) findings.push({ at, words: { zh, en } })
  }
  const refused = (at: string, error: unknown) => {
    if (!(error instanceof Refusal)) throw error
    found(at, error.words.zh, error.words.en)
  }

  const checkpoint = await readCheckpoint(source, key, crypto, refused)
  if (!checkpoint) return { checkpoint: null, findings }
  const { size, root } = checkpoint
  const tiles = growTiles(tree)
  const open = new Map<number, TileOfHashes>()
  const knownAt = new Map<bigint, KnownHead[]>()
  for (const head of known) knownAt.set(head.size, [...(knownAt.get(head.size) ?? []), head])
  let position = -1n

  for (let n = 0n; n * 256n < size; n++) {
    const left = size - n * 256n
    const width = left < 256n ? Number(left) : TILE_WIDTH
    const hashes = await source.fetch({ level: 0, index: n, width })
    const path = tilePath({ level: 0, index: n, width })
    if (hashes?.length !== width * 32) found(path, '缺少瓦片或长度不对', 'The tile is missing, or has the wrong length')
    const entries = await readBundle(n, width)
    const stored = hashes?.length === width * 32 ? hashes : null
    // Where entries are missing, the tree is built over what the tile says of them.
    const leaves = entries ? leafHashes(tree, entries) : (stored ?? new Uint8Array(width * 32))
    let appended = 0
    const appendUpTo = (i: number) => {
      tiles.append(leaves.subarray(appended * 32, i * 32))
      appended = i
    }
    for (let i = 0; i < width; i++) {
      const index = n * 256n + BigInt(i)
      if (knownAt.has(index)) {
        appendUpTo(i)
        compareKnown(index)
      }
      const bytes = entries?.[i]
      if (!bytes) continue
      if (stored && !sameBytes(hashIn(leaves, i), hashIn(stored, i)))
        found(`entry ${index}`, `条目与瓦片 ${path} 不符`, `The entry does not agree with ${path}`)
      await readEntry(index, bytes)
    }
    appendUpTo(width)
    for (const tile of tiles.changed()) {
      if (tile.width < TILE_WIDTH) open.set(tile.level, tile)
      else {
        if (tile.level > 0) await compareTile(tile)
        open.delete(tile.level)
      }
    }
    options.progress?.(n * 256n + BigInt(width), size)
  }
  compareKnown(size)
  for (const tile of open.values()) if (tile.level > 0) await compareTile(tile)
  if (!sameBytes(tiles.root(), root))
    found(
      'checkpoint',
      `${size} 条条目的根哈希与签名的检查点不符`,
      `The ${size} entries do not give the root that was signed`,
    )
  return { checkpoint, findings }

  async function readBundle(n: bigint, width: number): Promise<Uint8Array[] | null> {
    const path = tilePath({ level: 'entries', index: n, width })
    const bytes = await source.fetch({ level: 'entries', index: n, width })
    if (!bytes) found(path, '缺少条目包', 'The entry bundle is missing')
    try {
      return bytes && decodeBundle(bytes, width)
    } catch (error) {
      refused(path, error)
      return null
    }
  }

  async function readEntry(index: bigint, bytes: Uint8Array): Promise<void> {
    try {
      const entry = decodeEntry(bytes)
      if (entry.position <= position)
        found(
          `entry ${index}`,
          `采集位置 ${entry.position} 不大于前一条的 ${position}`,
          `Its capture position ${entry.position} is not behind ${position}`,
        )
      position = entry.position
      await options.entry?.(index, entry, bytes)
    } catch (error) {
      refused(`entry ${index}`, error)
    }
  }

  async function compareTile(tile: TileOfHashes): Promise<void> {
    const stored = await source.fetch(tile)
    if (!stored) found(tilePath(tile), '缺少瓦片', 'The tile is missing')
    else if (!sameBytes(stored, tile.bytes))
      found(tilePath(tile), '瓦片与由条目重算的不同', 'The tile differs from what its entries give')
  }

  function compareKnown(at: bigint): void {
    const heads = knownAt.get(at)
    if (!heads) return
    const now = tiles.root()
    for (const head of heads)
      if (!sameBytes(now, head.root))
        found(
          head.place ?? 'checkpoint',
          `前 ${at} 条与先前见过的检查点不符：日志被改写`,
          `The first ${at} entries are not those of a checkpoint that was seen before: the log was rewritten`,
        )
  }
}

async function readCheckpoint(
  source: LogSource,
  key: VerifierKey,
  crypto: ProofCrypto,
  refused: (at: string, error: unknown) => void,
): Promise<Checkpoint | null> {
  const note = await source.checkpoint()
  try {
    return await openCheckpoint(note, { origin: key.name, keys: [noteVerifier(key, crypto.checks)] })
  } catch (error) {
    refused('checkpoint', error)
  }
  // Not believed; but what it says helps to find what else differs.
  try {
    return parseCheckpoint(textOf(parseNote(note).text))
  } catch {
    return null
  }
}
