import { setTimeout } from 'node:timers/promises'
import { parseCheckpoint, parseNote, textOf } from '@yuanliu/core'
import { now } from '../../lib/clock.ts'
import type { Config } from '../../lib/config.ts'
import type { Db } from '../../lib/db/db.ts'
import type { Metrics } from '../../lib/metrics.ts'
import { nodeHashes } from '../../lib/signing/node-hashes.ts'
import { leaveLease, takeLease } from '../cosign/store.ts'
import type { Published } from '../publish.ts'
import type { LogSuite } from '../suites.ts'
import type { AnchorAdapter, AnchorClaim } from './adapter.ts'
import { fileAnchor } from './file.ts'
import * as store from './store.ts'
import { webaseAnchor } from './webase.ts'

/** Writes a checkpoint down elsewhere, one an interval, beside everything else. */
export interface Anchoring {
  /** which adapter; null: off */
  adapter: AnchorAdapter | null
  /** What /health says; null: off. */
  health(): Promise<AnchorHealth | null>
  /** One look at every suite: begins, goes on with, or has nothing to do. @returns whether all is anchored that is due */
  step(): Promise<boolean>
  start(): void
  stop(): Promise<void>
}

export interface AnchorHealth {
  /** entries of the newest anchor of the first suite */
  size: number
  /** why the next one is not there yet */
  error?: string
}

interface Parts {
  db: Db
  suites: readonly LogSuite[]
  adapter: AnchorAdapter | null
  /** seconds between two anchors of a suite */
  every: number
  published: (suite: LogSuite['id']) => Published | null
  metrics: Metrics
  log: (error: unknown, about: string) => void
}

/** Milliseconds before the next try after a failure, doubled each time up to the second. */
const AGAIN = 5_000
const AGAIN_MOST = 600_000
/** Longer than an adapter may take. */
const LEASE = 120_000

/** The adapter that the settings name; null: off. @throws in words where a setting of it is missing */
export function anchorAdapter(config: Config): AnchorAdapter | null {
  const missing = (name: string) => new Error(`ANCHOR=${config.anchor} needs ${name} 还需设置 ${name}`)
  if (config.anchor === 'off') return null
  if (config.anchor === 'file') {
    if (!config.anchorFile) throw missing('ANCHOR_FILE')
    return fileAnchor(config.anchorFile)
  }
  const { anchorUrl: url, anchorGroup: group, anchorUser: user, anchorContract: contract } = config
  if (!url) throw missing('ANCHOR_URL')
  if (!user) throw missing('ANCHOR_USER')
  if (!contract) throw missing('ANCHOR_CONTRACT')
  return webaseAnchor({ url, group: group ?? '1', user, contract })
}

/** What is written down of a signed checkpoint, with the hash of its suite. */
export function claimOf(suite: LogSuite, note: Uint8Array): AnchorClaim {
  const { origin, size, root } = parseCheckpoint(textOf(parseNote(note).text))
  const hash = nodeHashes[suite.hashName]
  return { originHash: hash(Buffer.from(origin)), size: Number(size), root, noteHash: hash(note) }
}

export function createAnchoring(parts: Parts): Anchoring {
  const { db, suites, adapter, metrics, log } = parts
  const end = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let failures = 0
  let error: string | null = null
  let anchored = 0
  if (adapter)
    metrics.gauge(
      'yuanliu_log_anchored_size',
      'Entries of the newest checkpoint that was anchored and read back',
      () => anchored,
    )

  /** The checkpoint to be anchored now: one that was begun, else the newest where the interval is over. */
  async function due(suite: LogSuite, { id, place }: AnchorAdapter): Promise<store.AnchorRow | null> {
    const last = await store.lastAnchor(db, suite.number, id)
    if (suite === suites[0] && last?.read_back) anchored = last.size
    if (last && !last.read_back) return last
    const shown = parts.published(suite.id)
    if (!shown || shown.size <= (last?.size ?? 0)) return null
    if (last && now() - last.recorded < parts.every * 1_000_000) return null
    const note = Buffer.from(shown.note)
    const begun: store.AnchorRow = {
      suite: suite.number,
      size: shown.size,
      adapter: id,
      note,
      note_hash: Buffer.from(claimOf(suite, note).noteHash),
      place,
      read_back: false,
      recorded: now(),
      block: null,
      block_hash: null,
      transaction_id: null,
      placed_ms: null,
    }
    await store.beginAnchor(db, begun)
    return begun
  }

  async function anchorOne(suite: LogSuite, to: AnchorAdapter): Promise<void> {
    const row = await due(suite, to)
    if (!row) return
    const claim = claimOf(suite, row.note)
    // An earlier try may have come through, though its answer was lost.
    let found = await to.find(claim, end.signal)
    if (!found) {
      const said = await to.write(claim, end.signal)
      await store.noteTransaction(db, row, said.transaction ?? null, said.blockHash ?? null)
      found = await to.find(claim, end.signal)
    }
    if (!found) throw new Error(`${to.place}: what was written is not there when it is read back 写入后读不到`)
    const { block, blockHash, transaction, at } = found
    const done = {
      place: to.place,
      recorded: now(),
      block,
      block_hash: blockHash,
      transaction_id: transaction,
      placed_ms: at,
    }
    await store.endAnchor(db, { ...row, ...done })
    if (suite === suites[0]) anchored = row.size
  }

  async function step(): Promise<boolean> {
    if (!adapter) return true
    let failed: string | null = null
    for (const suite of suites) {
      const lease = `anchor ${suite.id}`
      if (db.kind === 'postgresql' && !(await takeLease(db, lease, LEASE))) continue
      try {
        await anchorOne(suite, adapter)
      } catch (fault) {
        if (end.signal.aborted) return false
        failed = (fault as Error).message
        metrics.count('yuanliu_log_anchor_failures_total')
        if (failed !== error) log(fault, `log: anchoring ${suite.id}`)
      } finally {
        if (db.kind === 'postgresql') await leaveLease(db, lease)
      }
    }
    error = failed
    failures = failed ? failures + 1 : 0
    return failed === null
  }

  async function loop(): Promise<void> {
    while (!end.signal.aborted) {
      await step().catch(fault => log(fault, 'log: anchoring'))
      const again = Math.min(AGAIN_MOST, AGAIN * 2 ** Math.min(failures - 1, 10))
      const wait = failures > 0 ? again : Math.min(parts.every * 1000, AGAIN)
      await setTimeout(wait, undefined, { signal: end.signal, ref: false }).catch(() => {})
    }
  }

  return {
    adapter,
    async health() {
      const first = suites[0]
      if (!adapter || !first) return null
      const [newest] = await store.readAnchors(db, first.number, 1)
      return { size: newest?.size ?? 0, ...(error && { error }) }
    },
    step,
    start() {
      if (adapter) running = loop()
    },
    async stop() {
      end.abort()
      await running
    },
  }
}
