import type { Queryable } from '../lib/db/db.ts'
import { type EventReading, eventReading } from '../lib/xml/stored-context.ts'
import { unpackBlock } from './event-block.ts'
import { blockBodies, contextBodies } from './store.ts'

/** Where the bytes of an event are, and its document's context. */
export interface DocumentRef {
  block: number
  slot: number
  context: number
}

export interface EventDocument {
  /** as received */
  bytes: Buffer
  /** `@context` of the event's JSON form; the same object for the same context */
  context: unknown
  /** how the event is read from its bytes */
  reading: EventReading
}

/** Unpacked blocks that are kept, in bytes; a block is up to a mebibyte unless one event is larger. */
const KEPT_BYTES = 16 * 1024 * 1024
const KEPT_CONTEXTS = 1_000
const BLOCKS_AT_ONCE = 32

interface Kept {
  blocks: Map<number, Buffer[]>
  bytes: number
  contexts: Map<number, EventReading>
}

/** Blocks and contexts are never changed, so what was read stays true. */
const kept = new WeakMap<Queryable, Kept>()

/** The events as they were received, in the order of `refs`. A block is fetched and unpacked once. */
export async function readDocuments(db: Queryable, refs: readonly DocumentRef[]): Promise<EventDocument[]> {
  let cache = kept.get(db)
  if (!cache) {
    cache = { blocks: new Map(), bytes: 0, contexts: new Map() }
    kept.set(db, cache)
  }
  const contexts = await contextsOf(db, cache, new Set(refs.map(r => r.context)))
  const byBlock = new Map<number, number[]>()
  refs.forEach((ref, i) => {
    const list = byBlock.get(ref.block)
    if (list) list.push(i)
    else byBlock.set(ref.block, [i])
  })
  const documents = new Array<EventDocument>(refs.length)
  const wanted = [...byBlock.keys()]
  for (let at = 0; at < wanted.length; at += BLOCKS_AT_ONCE) {
    const some = wanted.slice(at, at + BLOCKS_AT_ONCE)
    const blocks = await blocksOf(db, cache, some)
    for (const id of some) {
      const events = blocks.get(id)
      for (const i of byBlock.get(id) ?? []) {
        const ref = refs[i] as DocumentRef
        const bytes = events?.[ref.slot]
        if (!bytes) throw new Error(`block ${ref.block} does not hold event ${ref.slot}`)
        // A copy: one event must not keep its whole block in memory.
        const reading = contexts.get(ref.context)
        if (!reading) throw new Error(`context ${ref.context} is not there`)
        documents[i] = { bytes: Buffer.from(bytes), context: reading.context, reading }
      }
    }
  }
  return documents
}

/** The `@context` that a row of `context` holds. */
export function storedContext(body: string): unknown {
  return eventReading(body).context
}

/** What an event says, in its JSON form. */
export function eventValue(document: EventDocument): Record<string, unknown> {
  return document.reading.value(document.bytes)
}

/** How many of what follows are read together: few at first, as nobody knows yet how large they are. */
const FIRST_STEP = 4
const LARGEST_STEP = 500

/** Events with their bytes, from the front, in steps of about `bytes`. */
export async function* documentsInSteps<R extends DocumentRef>(
  db: Queryable,
  refs: readonly R[],
  bytes: number,
): AsyncGenerator<{ ref: R; document: EventDocument }[]> {
  let read = 0
  let size = 0
  let step = FIRST_STEP
  while (read < refs.length) {
    const some = refs.slice(read, read + step)
    const documents = await readDocuments(db, some)
    size += documents.reduce((sum, d) => sum + d.bytes.length, 0)
    read += some.length
    yield some.map((ref, i) => ({ ref, document: documents[i] as EventDocument }))
    step = Math.max(1, Math.min(LARGEST_STEP, Math.floor((bytes - (size % bytes)) / (size / read))))
  }
}

async function blocksOf(db: Queryable, cache: Kept, ids: readonly number[]): Promise<Map<number, Buffer[]>> {
  const found = new Map<number, Buffer[]>()
  const missing: number[] = []
  for (const id of ids) {
    const events = cache.blocks.get(id)
    if (!events) {
      missing.push(id)
      continue
    }
    found.set(id, events)
    cache.blocks.delete(id)
    cache.blocks.set(id, events)
  }
  if (!missing.length) return found
  for (const { id, body } of await blockBodies(db, missing)) {
    const events = unpackBlock(body).map(e => e.bytes)
    found.set(id, events)
    keep(cache, id, events)
  }
  return found
}

function keep(cache: Kept, id: number, events: Buffer[]): void {
  if (cache.blocks.has(id)) return
  cache.blocks.set(id, events)
  cache.bytes += sizeOf(events)
  for (const [oldest, old] of cache.blocks) {
    if (cache.bytes <= KEPT_BYTES) break
    cache.blocks.delete(oldest)
    cache.bytes -= sizeOf(old)
  }
}

function sizeOf(events: readonly Buffer[]): number {
  return events.reduce((n, e) => n + e.length, 0)
}

async function contextsOf(db: Queryable, cache: Kept, ids: ReadonlySet<number>): Promise<Map<number, EventReading>> {
  const found = new Map<number, EventReading>()
  const missing: number[] = []
  for (const id of ids) {
    const known = cache.contexts.get(id)
    if (known) found.set(id, known)
    else missing.push(id)
  }
  if (!missing.length) return found
  if (cache.contexts.size > KEPT_CONTEXTS) cache.contexts.clear()
  for (const { id, body } of await contextBodies(db, missing)) {
    const reading = eventReading(body)
    cache.contexts.set(id, reading)
    found.set(id, reading)
  }
  return found
}
