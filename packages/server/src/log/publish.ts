import { parseCheckpoint, parseNote, type SuiteId, sameBytes, textOf } from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import { killAt } from '../lib/kill-at.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import { LogBroken } from './open-log.ts'

/** A checkpoint that this process shows. */
export interface Published {
  suite: SuiteId
  origin: string
  size: number
  root: Uint8Array
  note: Uint8Array
  /** capture position that it covers */
  position: number
  /** since when this process shows it, in microseconds */
  since: number
}

/** A checkpoint on its way to the public. */
export interface Signed {
  suite: SuiteId
  note: Uint8Array
  position: number
}

export interface Publisher {
  /** The checkpoint of a suite as it is shown; null before the first. */
  current(suite: SuiteId): Published | null
  /** Remembers checkpoints outside the database, then shows them. Older ones than those shown are passed over. */
  accept(signed: readonly Signed[]): Promise<void>
  /** Capture position that every suite shown covers. */
  position(): number
  /** Resolves with true when the position is covered, with false after so many milliseconds or when all ends. */
  covered(position: number, ms: number): Promise<boolean>
  /** Called when more is shown. */
  onShown(listener: () => void): void
  close(): void
}

/** Shows checkpoints, and never two that differ for one size. */
export function createPublisher(store: CheckpointStore): Publisher {
  const shown = new Map<SuiteId, Published>()
  const waiting = new Set<{ position: number; end: (covered: boolean) => void }>()
  const listeners: (() => void)[] = []
  let accepting = Promise.resolve()

  const position = () => (shown.size ? Math.min(...[...shown.values()].map(p => p.position)) : 0)

  async function one(signed: Signed): Promise<void> {
    const { origin, size, root } = parseCheckpoint(textOf(parseNote(signed.note).text))
    const next: Published = { ...signed, origin, root, size: Number(size), since: now() }
    const before = shown.get(signed.suite)
    if (before && next.size < before.size) return
    if (before && next.size === before.size) {
      if (!sameBytes(before.root, next.root) || before.origin !== origin)
        throw new LogBroken(`${signed.suite}: two checkpoints of ${next.size} entries have different roots`)
      // A fresh signature over the same tree says nothing new, but the same tree may cover more positions.
      if (next.position > before.position) shown.set(signed.suite, { ...before, position: next.position })
      return
    }
    await store.write(signed.suite, signed.note)
    killAt('log:remembered')
    shown.set(signed.suite, next)
  }

  function tell(): void {
    const reached = position()
    for (const waiter of waiting) if (waiter.position <= reached) waiter.end(true)
    for (const shown of listeners) shown()
  }

  return {
    current: suite => shown.get(suite) ?? null,
    position,
    accept(signed) {
      const work = accepting.then(async () => {
        for (const s of signed) await one(s)
        tell()
      })
      accepting = work.catch(() => {})
      return work
    },
    covered(wanted, ms) {
      if (shown.size && position() >= wanted) return Promise.resolve(true)
      return new Promise(resolve => {
        const waiter = {
          position: wanted,
          end(covered: boolean) {
            clearTimeout(timer)
            waiting.delete(waiter)
            resolve(covered)
          },
        }
        const timer = setTimeout(() => waiter.end(false), ms)
        waiting.add(waiter)
      })
    },
    onShown: listener => void listeners.push(listener),
    close() {
      for (const waiter of waiting) waiter.end(false)
    },
  }
}
