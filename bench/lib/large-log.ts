import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import {
  ED25519,
  formatVerifierKey,
  growTiles,
  noteSigner,
  signCheckpoint,
  TILE_WIDTH,
  verifierKey,
} from '@yuanliu/core'
import type { Db } from '../../packages/server/src/lib/db/db.ts'
import { migrate, readMigrations } from '../../packages/server/src/lib/migrate.ts'
import { MIGRATIONS } from '../../packages/server/src/lib/paths.ts'
import { entriesOf, KIND, PREFIX } from '../../packages/server/src/log/entries.ts'
import * as queue from '../../packages/server/src/log/queue-store.ts'
import * as store from '../../packages/server/src/log/store.ts'
import type { LogSuite } from '../../packages/server/src/log/suites.ts'
import { progress } from './progress.ts'
import { figures } from './table.ts'

/** A log without events: the tables are filled as the sequencer fills them, with commitments to nothing. */
export interface LargeLog {
  note: Uint8Array
  root: Uint8Array
  size: bigint
  /** policy that believes it */
  policy: string
}

/** Bundles written at once. */
const AT_ONCE = 64

/** Fills the tables of an empty database with a log of so many entries. */
export async function fillLog(db: Db, suite: LogSuite, size: number): Promise<LargeLog> {
  await migrate(db, readMigrations(MIGRATIONS))
  const log = growTiles(suite.tree)
  const kept: Parameters<typeof queue.insertQueue>[1][number][] = []
  let bundles: { n: number; body: Buffer }[] = []
  const flush = async () => {
    const tiles = log.changed().filter(tile => tile.level > 0 || tile.width === TILE_WIDTH)
    const rows = tiles.map(({ level, index, bytes }) => ({ suite: suite.number, level, n: Number(index), body: bytes }))
    await db.tx(async tx => {
      await store.insertBundles(tx, bundles)
      await store.putTiles(tx, rows)
    })
    bundles = []
  }
  for (let n = 0; n * TILE_WIDTH < size; n++) {
    const count = Math.min(TILE_WIDTH, size - n * TILE_WIDTH)
    const row = {
      first: n * TILE_WIDTH + 1,
      count,
      kind: KIND.event,
      suites: suite.number,
      body: randomBytes(32 * count),
    }
    const entries = entriesOf(row)
    for (const entry of entries) log.append(suite.tree.leaf(entry.subarray(PREFIX)))
    if (count === TILE_WIDTH) bundles.push({ n, body: Buffer.concat(entries) })
    else kept.push(row)
    if (bundles.length === AT_ONCE) await flush()
    if (n % 4096 === 4095) progress(`log of ${figures((n + 1) * TILE_WIDTH)} entries`)
  }
  await flush()
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  const key = verifierKey('bench.example/log', ED25519, raw)
  const signer = noteSigner(key, message => new Uint8Array(sign(null, message, privateKey)))
  const root = log.root()
  const note = await signCheckpoint({ origin: key.name, size: log.size, root, extensions: [] }, [signer])
  const text = formatVerifierKey(key)
  await db.tx(async tx => {
    await store.insertState(tx, 1)
    await store.moveState(tx, 0, { size, position: size, process: 1 })
    await store.insertTree(tx, { suite: suite.number, origin: key.name, key: text, size, note: Buffer.from(note) })
    await store.putRanges(tx, [{ first_index: 0, first_position: 1, count: size }])
    await queue.insertQueue(tx, kept)
  })
  return { note, root, size: log.size, policy: `log ${text}\nquorum none\n` }
}
