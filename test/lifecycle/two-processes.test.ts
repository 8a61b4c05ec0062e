import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../packages/server/src/lib/db/db.ts'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { makeLogKey } from '../../packages/server/src/log/command.ts'
import { verifyDatabase } from '../../packages/server/src/log/verify.ts'
import { documentOf, objectEvent } from '../support/events.ts'
import { openDatabase } from '../support/open-database.ts'
import { freshDatabase } from '../support/platform.ts'
import { type ServerProcess, startProcess } from '../support/server-process.ts'

describe.skipIf(!process.env.DATABASE_URL)(
  'two server processes on one PostgreSQL (skipped without DATABASE_URL)',
  () => {
    let database: Awaited<ReturnType<typeof freshDatabase>>
    let servers: [ServerProcess, ServerProcess]
    let db: Db
    beforeAll(async () => {
      database = await freshDatabase()
      const env = { ...database.env, DATABASE_CONNECTIONS: '4' }
      await makeLogKey(join(database.env.DATA_DIR ?? '', 'log-key'), 'trace.example.org/log', 'sha256-ed25519')
      servers = [await startProcess(env), await startProcess(env)]
      db = await openDatabase(database.env)
    })
    afterAll(async () => {
      await db.close()
      for (const server of servers) await server.kill('SIGTERM')
      await database.remove()
    })

    async function send(server: ServerProcess, events: unknown[]): Promise<string> {
      const answer = await server.call('/epcis/capture', { method: 'POST', body: JSON.stringify(documentOf(events)) })
      expect(answer.status).toBe(202)
      return answer.headers.get('location')?.split('/').at(-1) ?? ''
    }

    it('capture overlapping documents at once: each event once, positions in the order of commit', async () => {
      const shared = Array.from({ length: 400 }, () => objectEvent())
      const own = [0, 1].map(() => Array.from({ length: 300 }, () => objectEvent()))
      const jobs = await Promise.all(
        Array.from({ length: 24 }, (_, i) => {
          const from = (i * 37) % 300
          const events = [...shared.slice(from, from + 100), ...(own[i % 2] ?? []).slice(i * 10, i * 10 + 60)]
          return send(servers[i % 2 ? 0 : 1], events)
        }),
      )
      const all = await db.rows<{ id: string; accepted: number; duplicate: number; events: number }>(
        sql`select id::text, accepted, duplicate, events from capture where id = any(${jobs}::uuid[])`,
      )
      expect(all.length).toBe(jobs.length)
      for (const job of all) expect(job.accepted + job.duplicate).toBe(job.events)
      const rows = await db.rows<{ id: string; position: number; recorded: number }>(
        sql`select id, position, recorded from event order by position`,
      )
      expect(new Set(rows.map(r => r.id)).size).toBe(rows.length)
      expect(all.reduce((n, j) => n + j.accepted, 0)).toBe(rows.length)
      expect(new Set(rows.map(r => r.position)).size).toBe(rows.length)
      // Who committed later has later positions: the system columns of PostgreSQL know who came first.
      const disorder = await db.rows(
        sql`select 1 from (select xmin::text::bigint as tx, min(position) as low, max(position) as high from event group by 1) a
          join (select xmin::text::bigint as tx, min(position) as low, max(position) as high from event group by 1) b
            on a.tx <> b.tx and a.low < b.low and a.high > b.low`,
      )
      expect(disorder).toEqual([])
    })

    it('a revoked key is refused by the other process within 5 s', async () => {
      const draft = JSON.stringify({ organisation: 'short-lived', permissions: ['capture'] })
      const { key, id } = await (await servers[0].call('/api/keys', { method: 'POST', body: draft })).json()
      const ask = async () => (await servers[1].call('/epcis/capture', { key })).status
      expect(await ask()).toBe(200)
      await servers[0].call(`/api/keys/${id}`, { method: 'DELETE' })
      const revoked = Date.now()
      expect((await servers[0].call('/epcis/capture', { key })).status).toBe(401)
      while ((await ask()) === 200) {
        expect(Date.now() - revoked).toBeLessThan(5_000)
        await new Promise(resolve => setTimeout(resolve, 100))
      }
      expect(Date.now() - revoked).toBeLessThan(5_000)
    })

    it('one leads the log, both show it; when the leader is killed the other takes over within seconds', async () => {
      const logOf = async (server: ServerProcess) => (await (await server.call('/health')).json()).log
      const proven = async (server: ServerProcess, id: string) =>
        (await server.call(`/api/log/proof?event=${id}`, { key: null })).status
      const [first, second] = [randomUUID(), randomUUID()].map(id => `urn:uuid:${id}`) as [string, string]
      await send(servers[0], [objectEvent({ eventID: first })])
      for (let waited = 0; (await proven(servers[1], first)) !== 200; waited++) expect(waited).toBeLessThan(10)
      expect(await proven(servers[0], first)).toBe(200)
      const leads = await Promise.all(servers.map(async s => (await logOf(s)).leads as boolean))
      expect(leads.filter(Boolean).length).toBe(1)
      const at = leads.indexOf(true)
      const doomed = servers[at] as ServerProcess
      const other = servers[1 - at] as ServerProcess
      void send(
        doomed,
        Array.from({ length: 900 }, () => objectEvent()),
      ).catch(() => {})
      await doomed.kill()
      await send(other, [objectEvent({ eventID: second })])
      const began = Date.now()
      while ((await proven(other, second)) !== 200) expect(Date.now() - began).toBeLessThan(15_000)
      expect(await logOf(other)).toMatchObject({ leads: true })
      const verified = await verifyDatabase(db, { key: () => null, known: async () => [] })
      expect(verified.findings).toEqual([])
      const events = await db.row<{ n: number }>(sql`select count(*) as n from event`)
      expect(verified.opened).toBe(events?.n)
      servers[at] = await startProcess({ ...database.env, DATABASE_CONNECTIONS: '4' })
    })

    it('what a killed process left half done, the living one completes, once', async () => {
      const doomed = await startProcess({ ...database.env, DATABASE_CONNECTIONS: '4' })
      const events = Array.from({ length: 6_000 }, () => objectEvent({ eventID: `urn:uuid:${randomUUID()}` }))
      const job = await send(doomed, events)
      await doomed.kill()
      const left = await db.row<{ state: string; applied: number }>(
        sql`select state, applied from capture where id = ${job}::uuid`,
      )
      expect(left?.state).toBe('staged')
      for (let waited = 0; ; waited += 200) {
        const now = await (await servers[0].call(`/epcis/capture/${job}`)).json()
        if (!now.running) {
          expect(now.counts).toEqual({
            events: 6_000,
            applied: 6_000,
            accepted: 6_000,
            duplicate: 0,
            conflict: 0,
            rejected: 0,
          })
          break
        }
        expect(waited).toBeLessThan(30_000)
        await new Promise(resolve => setTimeout(resolve, 200))
      }
    })
  },
)
