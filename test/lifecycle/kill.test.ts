import { randomInt, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCheckpoint, parseNote, textOf } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../packages/server/src/lib/db/db.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { makeLogKey } from '../../packages/server/src/log/command.ts'
import { verifyDatabase } from '../../packages/server/src/log/verify.ts'
import { CONTEXT, documentOf, objectEvent } from '../support/events.ts'
import { openDatabase } from '../support/open-database.ts'
import { freshDatabase } from '../support/platform.ts'
import { type ServerProcess, startProcess } from '../support/server-process.ts'

const KILLS = Number(process.env.KILLS ?? 6)
const SMALL = 7
const LARGE = 2_600

interface Sent {
  ids: string[]
  /** true once the server has answered that it took it */
  acknowledged: boolean
  /** capture job, for documents */
  job?: string
}

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
  const key = join(database.env.DATA_DIR ?? '', 'log-key')
  await makeLogKey(key, 'trace.example.org/log', 'sha256-ed25519')
})
afterAll(() => database.remove())

const sent: Sent[] = []

/** An event with two units and an id that is known before it is sent. */
function event(id: string) {
  const epcList = [1, 2].map(n => `https://id.gs1.org/01/09521234543213/21/${id.slice(-12)}${n}`)
  return objectEvent({ eventID: id, epcList })
}

function newSent(count: number): Sent {
  const entry = { ids: Array.from({ length: count }, () => `urn:uuid:${randomUUID()}`), acknowledged: false }
  sent.push(entry)
  return entry
}

async function sendDocument(server: ServerProcess, count: number): Promise<void> {
  const entry = newSent(count)
  const body = JSON.stringify(documentOf(entry.ids.map(event)))
  const answer = await server.call('/epcis/capture', { method: 'POST', body })
  if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`)
  entry.job = answer.headers.get('location')?.split('/').at(-1) ?? ''
  entry.acknowledged = true
}

async function sendSingle(server: ServerProcess): Promise<void> {
  const entry = newSent(1)
  const body = JSON.stringify({ '@context': CONTEXT, ...event(entry.ids[0] ?? '') })
  const answer = await server.call('/epcis/events', { method: 'POST', body })
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  entry.acknowledged = true
}

/** Sends all three kinds side by side until the server dies; anything but a broken connection is an error. */
async function sendUntilKilled(server: ServerProcess): Promise<void> {
  let dead = false
  void server.ended.then(() => {
    dead = true
  })
  const loops = [
    () => sendDocument(server, SMALL),
    () => sendDocument(server, SMALL),
    () => sendDocument(server, LARGE),
    ...Array.from({ length: 4 }, () => () => sendSingle(server)),
  ]
  await Promise.all(
    loops.map(async send => {
      while (!dead) {
        try {
          await send()
        } catch (error) {
          if (!(error instanceof TypeError)) throw error // fetch: the connection broke
          await new Promise(resolve => setTimeout(resolve, 20))
        }
      }
    }),
  )
}

/** What must hold the moment /health answers 200 again. */
async function checkRestarted(server: ServerProcess): Promise<void> {
  for (const entry of sent.filter(s => s.acknowledged && s.job !== undefined).slice(-40)) {
    const job = await (await server.call(`/epcis/capture/${entry.job}`)).json()
    expect(job).toMatchObject({
      running: false,
      counts: { events: entry.ids.length, applied: entry.ids.length, accepted: entry.ids.length },
    })
  }
  const single = sent.findLast(s => s.acknowledged && s.ids.length === 1)
  if (!single) return
  const body = JSON.stringify({ '@context': CONTEXT, ...event(single.ids[0] ?? '') })
  expect((await server.call('/epcis/events', { method: 'POST', body })).status).toBe(409)
}

describe(`${KILLS} times kill -9 during capture`, () => {
  it('loses nothing acknowledged and leaves no half document', { timeout: 60_000 + KILLS * 15_000 }, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const server = await startProcess(database.env)
      await checkRestarted(server)
      const sending = sendUntilKilled(server)
      await new Promise(resolve => setTimeout(resolve, randomInt(20, 1_300)))
      expect(await server.kill()).toBe('SIGKILL')
      await sending
    }
    const last = await startProcess(database.env)
    await checkRestarted(last)
    expect(await last.kill('SIGTERM')).toBe(0)

    const db = await openDatabase(database.env)
    try {
      await checkStored(db)
      await checkLog(db)
    } finally {
      await db.close()
    }
  })
})

/** Every event has its entry, every tile, root and signature is right, and nothing that was published is missing. */
async function checkLog(db: Db): Promise<void> {
  const note = readFileSync(join(database.env.DATA_DIR ?? '', 'log-checkpoint.sha256-ed25519'))
  const published = parseCheckpoint(textOf(parseNote(note).text))
  const verified = await verifyDatabase(db, { key: () => null, known: async s => (s === 'sm3-sm2' ? [] : [published]) })
  expect(verified.findings).toEqual([])
  const events = await db.row<{ n: number }>(sql`select count(*) as n from event`)
  expect([verified.opened, verified.waiting]).toEqual([events?.n, 0])
  expect(Number(published.size)).toBe(events?.n)
}

async function checkStored(db: Db): Promise<void> {
  const rows = await db.rows<{ id: string; position: number; units: number }>(
    sql`select e.id, e.position, count(*) as units from event e join event_unit u on u.event = e.key group by e.key, e.part`,
  )
  const stored = new Map(rows.map(r => [r.id, r]))
  expect(stored.size).toBe(rows.length)
  const kinds = { acknowledged: 0, whole: 0, absent: 0 }
  for (const entry of sent) {
    const there = entry.ids.filter(id => stored.has(id)).length
    if (entry.acknowledged) {
      expect(there, `acknowledged: ${entry.job ?? entry.ids[0]}`).toBe(entry.ids.length)
      kinds.acknowledged++
    } else {
      expect([0, entry.ids.length], 'not acknowledged: whole or not at all').toContain(there)
      kinds[there ? 'whole' : 'absent']++
    }
  }
  expect(await db.row(sql`select count(*) as n from event`)).toEqual({ n: rows.length })
  expect(rows.length).toBe(sent.flatMap(s => s.ids).filter(id => stored.has(id)).length)
  expect(rows.filter(r => r.units !== 2)).toEqual([])
  expect(kinds.acknowledged).toBeGreaterThan(KILLS)
  expect(sent.some(s => s.acknowledged && s.ids.length === LARGE)).toBe(true)

  expect(new Set(rows.map(r => r.position)).size).toBe(rows.length)
  const clock = await db.row<{ position: number }>(sql`select position from capture_clock`)
  expect(Math.max(...rows.map(r => r.position))).toBeLessThanOrEqual(clock?.position ?? 0)

  // Nothing is left over of what was not acknowledged, and the jobs say what is there.
  expect(await db.rows(sql`select id from capture where state <> 'done'`)).toEqual([])
  expect(
    await db.rows(sql`select id from event_block b
      where not exists (select from capture c where c.id = b.capture or c.block = b.id)`),
  ).toEqual([])
  const sums = await db.row<{ accepted: number }>(sql`select sum(accepted)::int as accepted from capture`)
  expect(sums?.accepted).toBe(rows.length)
  console.log(`kill -9 × ${KILLS}: ${rows.length} events;`, kinds)
}
