import {
  COMMITMENT_BITS,
  commitmentOf,
  encodeEntry,
  type FetchTile,
  growTiles,
  type HashName,
  noteVerifier,
  openTiles,
  portableCrypto,
  provesInclusion,
  suite,
  tilePath,
  verifierKey,
} from '@yuanliu/core'
import { nodeCrypto } from '../packages/server/src/lib/signing/node-crypto.ts'

/**
 * The log's own work without database and network, in one process: `npx tsx --conditions=source bench/proof.ts`.
 * Each figure is the median of seven rounds after one that warms up, in seconds of processor time, so that what else
 * runs on the machine does not show.
 */

const ROUNDS = 7
const COUNT = 100_000

async function rate(name: string, count: number, work: () => unknown): Promise<void> {
  const rates: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const start = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(start)
    if (round > 0) rates.push((count / (user + system)) * 1e6)
  }
  const median = rates.sort((a, b) => a - b)[ROUNDS >> 1]!
  console.log(`${name.padEnd(58)}${Math.round(median).toLocaleString('en').padStart(12)} a second`)
}

const node = await nodeCrypto()
const event = new TextEncoder().encode(JSON.stringify({ type: 'ObjectEvent', filler: 'x'.repeat(560) }))
const opening = {
  kind: 'event' as const,
  salt: new Uint8Array(16).fill(1),
  bytes: event,
  mediaType: 'application/json',
  context: new Uint8Array(0),
  receivedAt: 1_800_000_000_000_000n,
  reporter: 'org-1',
}
const entry = encodeEntry({
  kind: 'event',
  position: 1n,
  commitments: {
    sha256: commitmentOf(node.hashes.sha256, opening),
    sm3: commitmentOf(node.hashes.sm3, opening),
  },
})
console.log(`entry of ${entry.length} bytes, event of ${event.length} bytes, SM2 by ${node.sm2By}`)

for (const [where, crypto] of [
  ['Node', node],
  ['portable', portableCrypto()],
] as const)
  for (const id of ['sha256-ed25519', 'sm3-sm2'] as const) {
    const { tree, hashName } = suite(id, crypto)
    const label = `${where}, ${hashName}: `
    await rate(`${label}leaves hashed`, COUNT, () => {
      for (let i = 0; i < COUNT; i++) tree.leaf(entry)
    })
    await rate(`${label}leaves hashed and appended, with tiles and root`, COUNT, () => {
      const tiles = growTiles(tree)
      for (let i = 0; i < COUNT; i++) {
        tiles.append(tree.leaf(entry))
        if (i % 1000 === 999) {
          tiles.changed()
          tiles.root()
        }
      }
    })
    await rate(`${label}commitments to the event`, 20_000, () => {
      for (let i = 0; i < 20_000; i++) commitmentOf(crypto.hashes[hashName], opening)
    })
  }

const names = Object.keys(COMMITMENT_BITS) as HashName[]
await rate('Node: entries with both commitments', 20_000, () => {
  for (let i = 0; i < 20_000; i++) {
    const commitments = Object.fromEntries(names.map(name => [name, commitmentOf(node.hashes[name], opening)]))
    encodeEntry({ kind: 'event', position: BigInt(i), commitments })
  }
})

const { tree } = suite('sha256-ed25519', node)
const files = new Map<string, Uint8Array>()
const log = growTiles(tree)
for (let i = 0; i < 1_000_000; i++) {
  log.append(tree.leaf(new Uint8Array([i, i >> 8, i >> 16])))
  if (i % 50_000 === 0) for (const tile of log.changed()) files.set(tilePath(tile), tile.bytes)
}
for (const tile of log.changed()) files.set(tilePath(tile), tile.bytes)
const fetchTile: FetchTile = async tile => files.get(tilePath(tile)) ?? null
const head = { size: log.size, root: log.root() }
await rate('inclusion proofs of a million entries, tiles unread', 200, async () => {
  for (let i = 0; i < 200; i++) {
    const reader = await openTiles(tree, head, fetchTile)
    const index = BigInt((i * 7919) % 1_000_000)
    const path = await reader.inclusion(index)
    const leafHash = await reader.leafHash(index)
    if (!provesInclusion(tree, { index, leafHash, path, ...head })) throw new Error(`proof of ${index}`)
  }
})

const { logKey } = suite('sm3-sm2', node)
const { secret, publicKey } = node.newSm2Key()
const sign = node.signSm2(secret, publicKey)
const verifier = noteVerifier(verifierKey('bench.example', logKey, publicKey), node.checks)
const signature = await sign(entry)
await rate('SM2 signatures', 300, async () => {
  for (let i = 0; i < 300; i++) await sign(entry)
})
await rate('SM2 verifications', 300, async () => {
  for (let i = 0; i < 300; i++) await verifier.verify(entry, signature)
})
