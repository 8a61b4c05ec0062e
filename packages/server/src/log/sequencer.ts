import type { ProofCrypto } from '@yuanliu/core'
import type { Db, Queryable } from '../lib/db/db.ts'
import { isUnmet } from '../lib/db/demand.ts'
import { killAt } from '../lib/kill-at.ts'
import { type SignTree, treeSigner } from './begin.ts'
import type { QueueRow } from './entries.ts'
import type { LogKey } from './keys.ts'
import { catchUp, loadLog } from './load.ts'
import { LogBroken, type OpenLog, rootOf, type Step } from './open-log.ts'
import type { Signed } from './publish.ts'
import * as queue from './queue-store.ts'
import * as store from './store.ts'
import type { LogSuite } from './suites.ts'

/** Another process has extended the log: it leads, and this one must not. */
export class NotLeader extends Error {}

export interface Sequencer {
  /** Takes what waits into the log, in one step; gives the checkpoints that it signed, null where nothing waits. */
  advance(): Promise<Signed[] | null>
  /** Whether more waited than the last step took. */
  behind(): boolean
  /** Reads the log anew before the next step: its end in memory is not believed any more. */
  forget(): void
}

/** Entries of one step: its hashing and its transaction stay below some 50 ms. */
const STEP_ENTRIES = 4_096
const STEP_ROWS = 256

/**
 * Extends the log. The order of every step (docs/adr/0017): read what waits, which is durable; compute; sign; then in
 * one transaction, which begins by moving the size on, write runs, bundles, tiles and the signed checkpoint; only what is
 * committed is handed out to be published. Whatever fails, nothing of the step is believed: the next one reads the
 * database anew, and from the same rows it gets the same entries.
 * @param process number of this process, kept as that of the leader
 */
export function createSequencer(db: Db, keys: readonly LogKey[], process: number, crypto: ProofCrypto): Sequencer {
  const suites: LogSuite[] = keys.map(key => key.suite)
  const signers = new Map<number, SignTree>()
  for (const { suite, signer, next } of keys) if (signer) signers.set(suite.number, treeSigner(signer, next))
  let open: OpenLog | null = null
  let behind = false

  function signerOf(suite: LogSuite): SignTree {
    const sign = signers.get(suite.number)
    if (!sign) throw new NotLeader(`no key for ${suite.id}`)
    return sign
  }

  async function load(): Promise<OpenLog> {
    const state = await store.readState(db)
    if (!state) throw new LogBroken('log_state is empty: the log has not been begun')
    try {
      return await loadFrom(state)
    } catch (error) {
      // The reads are not of one moment: what another process extends meanwhile does not fit together.
      if (error instanceof LogBroken && (await store.readState(db))?.size !== state.size)
        throw new NotLeader('the log has grown while it was read', { cause: error })
      throw error
    }
  }

  async function loadFrom(state: store.LogState): Promise<OpenLog> {
    const trees = await store.readTrees(db)
    for (const suite of suites) {
      const tree = trees.find(t => t.suite === suite.number)
      if (!tree) throw new LogBroken(`log_tree: no row for ${suite.id}`)
      if (tree.size > state.size) throw new LogBroken(`log_tree: ${suite.id} has more entries than the log`)
      if (tree.size < state.size) await extendTree(suite, tree.size, state)
    }
    return loadLog(db, suites, crypto)
  }

  /** A suite that was off: its tree is built over what was logged meanwhile. */
  function extendTree(suite: LogSuite, from: number, state: store.LogState): Promise<void> {
    return catchUp(db, suite, from, state, async (tiles, before, tree) => {
      const size = Number(tree.tiles.size)
      const note = await signerOf(suite)(size, rootOf(tree))
      await db.tx(async tx => {
        await demanded(store.moveTree(tx, suite.number, before, size, note), () => new NotLeader(suite.id))
        await putTiles(tx, tiles)
      })
      killAt('log:caught-up')
    })
  }

  async function take(log: OpenLog): Promise<QueueRow[]> {
    const rows = await queue.queueAfter(db, log.position, STEP_ROWS, STEP_ENTRIES)
    let entries = 0
    const end = rows.findIndex((row, i) => {
      entries += row.count
      return i > 0 && entries > STEP_ENTRIES
    })
    behind = end >= 0 || rows.length === STEP_ROWS
    return end < 0 ? rows : rows.slice(0, end)
  }

  /** One transaction, sent whole: while it is written the database does not wait for this process, nor captures for it. */
  async function write(step: Step, notes: ReadonlyMap<number, Uint8Array>): Promise<void> {
    const { from, size, position } = step
    const grown = () => new NotLeader(`the log no longer has ${from} entries`)
    const differs = () => new LogBroken(`log_tree: a tree has not the ${from} entries of the log`)
    await db.atOnce(async tx => {
      await Promise.all([
        demanded(store.moveState(tx, from, { size, position, process }), grown),
        ...suites.map(({ number }) =>
          demanded(store.moveTree(tx, number, from, size, notes.get(number) as Uint8Array), differs),
        ),
        store.putRanges(tx, step.ranges),
        store.insertBundles(tx, step.bundles),
        putTiles(tx, step.tiles),
        queue.deleteQueue(tx, step.done),
      ])
    })
  }

  async function extend(log: OpenLog, rows: readonly QueueRow[]): Promise<Signed[]> {
    const step = log.take(rows)
    const notes = new Map<number, Uint8Array>()
    for (const suite of suites) {
      const root = step.roots.get(suite.number) as Uint8Array
      notes.set(suite.number, await signerOf(suite)(step.size, root))
    }
    await write(step, notes)
    killAt('log:committed')
    return suites.map(({ id, number }) => ({
      suite: id,
      note: notes.get(number) as Uint8Array,
      position: step.position,
    }))
  }

  return {
    async advance() {
      try {
        open ??= await load()
        const rows = await take(open)
        if (rows.length) return await extend(open, rows)
        // Nothing waits, perhaps because another process has taken it in.
        if ((await store.readState(db))?.size !== open.size) throw new NotLeader('the log has grown elsewhere')
        return null
      } catch (error) {
        // What is in memory may be ahead of the database, or behind it.
        open = null
        throw error
      }
    },
    behind: () => behind,
    forget() {
      open = null
    },
  }
}

/** What a statement demands, said by name where it does not hold. */
async function demanded(statement: Promise<void>, unmet: () => Error): Promise<void> {
  try {
    await statement
  } catch (error) {
    throw isUnmet(error) ? unmet() : error
  }
}

/** Tiles are written once: one that would change is an error of memory or of the database. */
function putTiles(tx: Queryable, tiles: readonly store.TileRow[]): Promise<void> {
  return demanded(
    store.putTiles(tx, tiles),
    () => new LogBroken('log_tile: a hash that is written already would change'),
  )
}
