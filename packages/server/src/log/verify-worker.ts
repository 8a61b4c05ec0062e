import { parentPort, workerData } from 'node:worker_threads'
import { decodeEntry } from '@yuanliu/core'
import { readSchemes } from '../lib/data.ts'
import { openPostgres } from '../lib/db/postgres.ts'
import { queryThrough } from '../lib/db/relay.ts'
import { DATA } from '../lib/paths.ts'
import type { Answer, Duty, Order } from './verify-crew.ts'
import { createEventChecker, type ReadEntry } from './verify-events.ts'

/** A thread of verify-crew.ts: compares the entries that it is sent with their events, over connections of its own where it may. */

const { url, schemesDir, key, port } = workerData as Duty
const db = url ? await openPostgres(url, 2) : queryThrough(port)
const checker = createEventChecker(db, readSchemes(DATA, schemesDir), key)
let before: Promise<unknown> = Promise.resolve()

parentPort?.on('message', (order: Order) => {
  const checked = answer(order)
  const turn = before
  before = turn.then(async () => parentPort?.postMessage(await checked))
})

async function answer({ after, indexes, lengths, bytes }: Order): Promise<Answer> {
  try {
    const entries: ReadEntry[] = []
    let at = 0
    for (const [i, length] of lengths.entries()) {
      const own = bytes.subarray(at, at + length)
      entries.push({ index: indexes[i] as number, bytes: own, entry: decodeEntry(own) })
      at += length
    }
    const findings = await checker.check(entries, after)
    return { findings, found: checker.found }
  } catch (error) {
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
