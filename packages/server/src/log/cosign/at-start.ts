import {
  type NoteVerifier,
  noteVerifier,
  openTiles,
  type ProofCrypto,
  parseVerifierKey,
  sameBytes,
} from '@yuanliu/core'
import type { Queryable } from '../../lib/db/db.ts'
import { openStored } from '../load.ts'
import type { TreeRow } from '../store.ts'
import type { LogSuite } from '../suites.ts'
import { tileSource } from '../tiles.ts'
import type { AskedWitness } from './policy.ts'
import { heldBy } from './protocol.ts'

/** What a start knows of the log of a suite. */
export interface OwnLog {
  suite: LogSuite
  /** the log's origin, and its verifier key where this process knows it */
  origin: string
  key: string | null
  /** as the database has it; undefined: it is not begun */
  tree: TreeRow | undefined
}

/**
 * Asks the witnesses what they hold of our log, before anything is signed: they remember what a restored database does not.
 * A checkpoint that our own key signed and that the database does not continue stops the start. One that only a witness
 * vouches for stops it where no log is begun yet; else it is said. Witnesses that do not answer are passed over.
 * @throws Error in words
 */
export async function askWitnesses(
  db: Queryable,
  { suite, origin, key, tree }: OwnLog,
  witnesses: readonly AskedWitness[],
  crypto: ProofCrypto,
  log: (error: unknown, about: string) => void,
): Promise<void> {
  const keys: NoteVerifier[] = key ? [noteVerifier(parseVerifierKey(key), crypto.checks)] : []
  const own = tree ? await openStored(tree, crypto) : null
  const faults = await Promise.all(witnesses.map(w => faultWith(w)))
  const fault = faults.find(f => f !== null)
  if (fault) throw new Error(fault)

  async function faultWith(witness: AskedWitness): Promise<string | null> {
    try {
      const held = await heldBy(witness, { origin, keys })
      if (!held) return null
      const { size, root } = held.checkpoint
      const why = await differs(size, root)
      if (why === null) return null
      const words =
        `the witness ${witness.name} (${witness.url}) holds a checkpoint of ${size} entries of the log "${origin}", ` +
        `${why}. Has an older copy of the database been put back, or an empty one been taken? A log that was published must not ` +
        'go back or begin anew: restore a newer copy; or, to begin another log, set another LOG_ORIGIN, a new key and another ' +
        'CHECKPOINT_STORE. 见证人所持检查点与本库日志不符，已停止启动。'
      if (held.byLog) return `${words} Its checkpoint is signed by this log’s own key.`
      if (held.byWitness && !own) return words
      // Anybody can say so: nothing but the log's own signature proves it.
      log(new Error(`${words} It is not signed by this log’s key, so the start goes on.`), 'log witness')
      return null
    } catch (error) {
      log(error, `log: the witness ${witness.name} could not be asked what it holds`)
      return null
    }
  }

  async function differs(size: bigint, root: Uint8Array): Promise<string | null> {
    if (size === 0n) return null
    if (!own) return 'but this database has no such log'
    if (size > own.size) return `but this database has only ${own.size}`
    const reader = await openTiles(suite.tree, own, tileSource(db, suite))
    return sameBytes(await reader.rootAt(size), root) ? null : 'which have another content than those in this database'
  }
}
