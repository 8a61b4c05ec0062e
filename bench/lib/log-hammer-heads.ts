import {
  type Checkpoint,
  type LogSource,
  noteVerifier,
  openCheckpoint,
  type ProofCrypto,
  sameBytes,
  type VerifierKey,
} from '@yuanliu/core'
import { Deviation, type Tally } from './log-hammer-tally.ts'

/** Every checkpoint of a log that anybody has seen while it is hammered. */
export interface Heads {
  /** The checkpoint that is shown now: signed, and not older than one that was seen before it was asked for. */
  newest(): Promise<Checkpoint>
  /** Remembers a checkpoint whose signature is verified, wherever it stood. */
  see(checkpoint: Checkpoint): void
  /** Some that were seen with fewer entries, but any: the nearest, and others by chance. */
  before(size: bigint, most: number, random: () => number): Checkpoint[]
  all(): readonly Checkpoint[]
}

export function openHeads(key: VerifierKey, source: LogSource, crypto: ProofCrypto, tally: Tally): Heads {
  const log = { origin: key.name, keys: [noteVerifier(key, crypto.checks)] }
  const seen = new Map<bigint, Checkpoint>()
  const list: Checkpoint[] = []
  let largest = 0n

  const heads: Heads = {
    all: () => list,
    async newest() {
      const floor = largest
      const checkpoint = await openCheckpoint(await source.checkpoint(), log)
      tally.counts.checkpoints++
      if (checkpoint.size < floor)
        throw new Deviation(`${key.name}: the checkpoint has gone back from ${floor} entries to ${checkpoint.size}`)
      heads.see(checkpoint)
      return checkpoint
    },
    see({ origin, size, root, extensions }) {
      const before = seen.get(size)
      if (before && !sameBytes(before.root, root))
        throw new Deviation(`${key.name}: two checkpoints of ${size} entries have different roots`)
      if (before) return
      const checkpoint = { origin, size, root, extensions }
      seen.set(size, checkpoint)
      list.push(checkpoint)
      if (size > largest) largest = size
    },
    before(size, most, random) {
      let nearest: Checkpoint | null = null
      for (const c of list) if (c.size < size && c.size > (nearest?.size ?? 0n)) nearest = c
      const chosen = new Set(nearest ? [nearest] : [])
      for (let i = 1; i < most && nearest; i++) {
        const any = list[Math.floor(random() * list.length)]
        if (any && any.size > 0n && any.size < size) chosen.add(any)
      }
      return [...chosen]
    },
  }
  return heads
}
