import { noteVerifier, openTiles, type ProofCrypto, parseVerifierKey, sameBytes } from '@yuanliu/core'
import type { Db } from '../../lib/db/db.ts'
import { keepFork } from '../../lib/forks.ts'
import type { Metrics } from '../../lib/metrics.ts'
import type { Published } from '../publish.ts'
import type { TreeRow } from '../store.ts'
import type { LogSuite } from '../suites.ts'
import { tileSource } from '../tiles.ts'
import type { AskedWitness } from './policy.ts'
import { heldBy } from './protocol.ts'

/** A witness says what cannot be, if our log is what it was. */
export interface Alarm {
  suite: LogSuite
  tree: TreeRow
  shown: Published
  witness: AskedWitness
  /** it holds more entries than there are; or it does not believe that ours begin with what it holds */
  alarm: 'ahead' | 'refused'
  /** entries that it holds */
  size: bigint
  stop: AbortSignal
}

interface Parts {
  db: Db
  crypto: ProofCrypto
  metrics: Metrics
  log: (error: unknown, about: string) => void
}

/** Says alarms loudly, each once, and keeps the evidence where there is any. */
export function createAlarms({ db, crypto, metrics, log }: Parts) {
  const told = new Set<string>()

  /** Whether the checkpoint that the witness holds is signed by our own key and contradicts ours; kept if so. */
  async function evidence({ suite, tree, shown, witness, alarm, stop }: Alarm): Promise<boolean> {
    try {
      const keys = [noteVerifier(parseVerifierKey(tree.key), crypto.checks)]
      const held = await heldBy(witness, { origin: tree.origin, keys }, stop)
      if (!held?.byLog) return false
      const { size, root } = held.checkpoint
      const own = { size: BigInt(shown.size), root: shown.root }
      const ahead = size > own.size
      const began = ahead ? null : await beganWith(suite, own, size)
      if (began && sameBytes(began.root, root)) return false
      const reason = ahead
        ? `a witness holds a signed checkpoint of ${size} entries, this database has ${shown.size}: ${alarm}`
        : `a witness holds another signed tree of ${size} entries than this database: ${alarm}`
      await keepFork(db, {
        role: 2,
        origin: tree.origin,
        witness: witness.id,
        reason,
        held: held.note,
        shown: shown.note,
        proof:
          began && size < own.size ? began.proof.map(hash => Buffer.from(hash).toString('base64')).join('\n') : null,
      })
      return true
    } catch (error) {
      if (stop.aborted) throw error
      log(error, `log: the checkpoint that the witness ${witness.name} holds could not be compared`)
      return false
    }
  }

  /** Root of our tree at a size, and the hashes that show it. */
  async function beganWith(suite: LogSuite, own: { size: bigint; root: Uint8Array }, size: bigint) {
    const reader = await openTiles(suite.tree, own, tileSource(db, suite))
    const root = await reader.rootAt(size)
    return { root, proof: size > 0n ? [root, ...(await reader.consistency(size))] : [] }
  }

  return {
    /** @returns whether our own signature proves what the witness says */
    async raise(raised: Alarm): Promise<boolean> {
      const { tree, witness, alarm, size } = raised
      const proved = await evidence(raised)
      const key = `${witness.id} ${alarm} ${size} ${proved}`
      if (told.has(key)) return proved
      told.add(key)
      metrics.count('yuanliu_log_alarms_total', { alarm })
      const what =
        alarm === 'ahead'
          ? `holds ${size} entries of the log ${tree.origin}, more than there are: an older copy of the database was put back?`
          : `does not believe that the log ${tree.origin} continues what it holds: THE LOG HAS FORKED, or was altered.`
      const how = proved
        ? 'Its checkpoint is signed by this log’s own key: it is true. Stop, and read docs/ops/log.md.'
        : 'Nothing but its word says so.'
      log(
        new Error(`the witness ${witness.name} (${witness.url}) ${what} ${how} 见证人告警：日志回退或分叉！`),
        'log witness',
      )
      return proved
    },
  }
}
