import { randomUUID } from 'node:crypto'
import type { DatabaseKind, Db } from '../../packages/server/src/lib/db/db.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { captureDocument } from '../lib/capture-documents.ts'
import { makeDatabase, settleDatabase } from '../lib/database.ts'
import { documentBytes } from '../lib/documents.ts'
import { FAMILY_EVENTS, familyEvents } from '../lib/families.ts'
import type { Figure } from '../lib/figure.ts'
import { capture, capturePosition } from '../lib/load.ts'
import { giveLogKey } from '../lib/log-key.ts'
import type { Options } from '../lib/options.ts'
import { progress } from '../lib/progress.ts'
import { createRawTables, rawBatch, writeRaw } from '../lib/raw-capture.ts'
import { atMost, type Row } from '../lib/row.ts'
import { serve } from '../lib/server.ts'
import { pause } from '../lib/stats.ts'
import { figures } from '../lib/table.ts'

/** Events in a document, in turn: what is sent at once differs from one sender to another. */
const SIZES = [1, 3, 10, 40, 120, 500] as const
/** Events of single items; as many more of lots, pallets and transformations come from the families. */
const ITEM_EVENTS = 20_000

/** A document, and the bytes of its events alone. */
interface Sent {
  document: Buffer
  events: number
  json: number
}

/** Bytes that the database keeps, indexes and the log included, for a byte of event JSON. */
export const storageFigure: Figure = {
  id: 'storage',
  databases: ['postgresql', 'embedded'],
  async run({ database: kind, options }) {
    const items = inDocuments(itemTexts(ITEM_EVENTS))
    const lots = inDocuments(familyTexts(ITEM_EVENTS))
    const ofItems = await grown(kind, 'items', items, options)
    const ofLots = await grown(kind, 'lots', lots, options)
    const raw = await bareBytes(kind, options)
    const json = (all: readonly Sent[]) => all.reduce((n, d) => n + d.json, 0)
    const count = (all: readonly Sent[]) => all.reduce((n, d) => n + d.events, 0)
    const total = json(items) + json(lots)
    const largest = [...ofItems]
      .map(([table, bytes]) => ({ table, bytes: bytes + (ofLots.get(table) ?? 0) }))
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, 4)
    const row: Row = {
      id: 'storage',
      title: 'stored for a byte of event JSON, indexes and log included',
      database: kind,
      value: (sum(ofItems) + sum(ofLots)) / total,
      unit: 'bytes',
      bar: atMost(2.2),
      raw: { value: raw, unit: 'bytes', what: 'bare rows of the item events' },
      note: `items ${figures(sum(ofItems) / json(items))}, lots and pallets ${figures(sum(ofLots) / json(lots))}; ${figures(count(items) + count(lots))} events in documents of ${SIZES.join(', ')}; ${largest.map(t => `${t.table} ${figures(t.bytes / total)}`).join(', ')}`,
    }
    progress(`storage: ${row.note}`)
    return [row]
  },
}

/** What the tables of a database have grown by when these documents are taken and covered by the log. */
async function grown(
  kind: DatabaseKind,
  name: string,
  sent: readonly Sent[],
  options: Options,
): Promise<Map<string, number>> {
  const database = await makeDatabase(kind, `storage_${name}`, options)
  await giveLogKey(database)
  await (await serve(database, { ...options, profile: null })).stop()
  const empty = await storedIn(database)
  const server = await serve(database, options)
  await capture(
    server.client,
    sent.map(d => d.document),
  )
  const events = sent.reduce((n, d) => n + d.events, 0)
  const taken = await capturePosition(server.client)
  if (taken !== events) throw new Error(`storage: ${events} events sent, ${taken} taken`)
  await logged(server.client, events)
  await server.stop()
  await settleDatabase(database)
  const full = await storedIn(database)
  await database.remove()
  return new Map([...full].map(([table, bytes]) => [table, bytes - (empty.get(table) ?? 0)]))
}

/** Bytes of bare rows with their keys for a byte of event JSON. */
async function bareBytes(kind: DatabaseKind, options: Options): Promise<number> {
  const documents = Array.from({ length: ITEM_EVENTS / 500 }, captureDocument)
  const bare = await makeDatabase(kind, 'storage_raw', options)
  const db = await bare.open()
  await createRawTables(db)
  await writeRaw(db, documents.map(rawBatch), 1)
  await db.script('vacuum (analyze)')
  const bytes = sum(await sizes(db))
  await db.close()
  await bare.remove()
  return bytes / documents.reduce((n, d) => n + d.texts.reduce((m, t) => m + Buffer.byteLength(t), 0), 0)
}

function* itemTexts(most: number): Generator<string> {
  for (let n = 0; n < most; n += 500) yield* captureDocument().texts
}

function* familyTexts(most: number): Generator<string> {
  let n = 0
  for (const event of familyEvents(Math.ceil(most / FAMILY_EVENTS)))
    if (n++ < most) yield JSON.stringify({ eventID: `urn:uuid:${randomUUID()}`, ...event })
}

/** Cuts a run of events into documents of the sizes in turn. */
function inDocuments(texts: Iterable<string>): Sent[] {
  const sent: Sent[] = []
  let waiting: string[] = []
  function cut(): void {
    if (!waiting.length) return
    const json = waiting.reduce((n, t) => n + Buffer.byteLength(t), 0)
    sent.push({ document: documentBytes(waiting), events: waiting.length, json })
    waiting = []
  }
  for (const text of texts) {
    waiting.push(text)
    if (waiting.length === SIZES[sent.length % SIZES.length]) cut()
  }
  cut()
  return sent
}

async function storedIn(database: { open(): Promise<Db> }): Promise<Map<string, number>> {
  const db = await database.open()
  try {
    return await sizes(db)
  } finally {
    await db.close()
  }
}

/** Bytes of every table with its indexes and long values. */
async function sizes(db: Db): Promise<Map<string, number>> {
  const rows = await db.rows<{ name: string; bytes: number }>(
    sql`select c.relname as name, pg_total_relation_size(c.oid) as bytes
        from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`,
  )
  return new Map(rows.map(r => [r.name, Number(r.bytes)]))
}

function sum(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((a, b) => a + b, 0)
}

/** Waits until the checkpoint that is shown covers so many events. */
async function logged(client: { get(path: string): Promise<{ body: Buffer }> }, events: number): Promise<void> {
  for (;;) {
    const { body } = await client.get('/log/checkpoint')
    if (Number(body.toString().split('\n')[1]) >= events) return
    await pause(50)
  }
}
