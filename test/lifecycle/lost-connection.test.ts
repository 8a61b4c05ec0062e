import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../support/events.ts'
import { command, withDatabase } from '../support/global-setup.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

describe.skipIf(!process.env.DATABASE_URL)(
  'PostgreSQL goes away while the server runs (skipped without DATABASE_URL)',
  () => {
    let p: Platform
    let name = ''
    let postgres = ''
    beforeAll(async () => {
      p = await startPlatform({ LOG_LEVEL: 'fatal' })
      name = new URL(p.env.DATABASE_URL ?? '').pathname.slice(1)
      postgres = withDatabase(p.env.DATABASE_URL ?? '', 'postgres')
    })
    afterAll(async () => {
      await command(postgres, `alter database ${name} with allow_connections true`)
      await p.stop()
    })

    const send = (count = 1) =>
      p.call('/epcis/capture', {
        method: 'POST',
        body: JSON.stringify(documentOf(Array.from({ length: count }, () => objectEvent()))),
      })
    const terminate = () =>
      command(
        postgres,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
      )
    const settled = async (status: number) => {
      const found = new Set<number>()
      for (let i = 0; i < 100; i++) {
        const answer = await send()
        found.add(answer.status)
        if (answer.status === status) return [...found]
        await new Promise(resolve => setTimeout(resolve, 50))
      }
      return [...found]
    }

    it('connections ended under load: 503 with Retry-After at worst, never 500, and then as before', async () => {
      let on = true
      const statuses = new Map<number, number>()
      const load = Array.from({ length: 6 }, async (_, i) => {
        while (on) {
          const answer = await send(i === 0 ? 1_500 : 20)
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
          if (answer.status === 503) {
            expect(answer.headers.get('retry-after')).toBeTruthy()
            expect(answer.headers.get('content-type')).toContain('application/problem+json')
          }
          await answer.arrayBuffer()
        }
      })
      for (let i = 0; i < 8; i++) {
        const before = statuses.get(202) ?? 0
        for (let n = 0; n < 100 && (statuses.get(202) ?? 0) < before + 4; n++)
          await new Promise(resolve => setTimeout(resolve, 30))
        await terminate()
      }
      on = false
      await Promise.all(load)
      expect([...statuses.keys()].filter(s => s !== 202 && s !== 503)).toEqual([])
      expect(statuses.get(202)).toBeGreaterThan(0)
      expect(statuses.get(503)).toBeGreaterThan(0)
      expect(await settled(202)).not.toContain(500)
    })

    it('jobs that were broken off are completed by the process itself', async () => {
      await settled(202)
      const events = Array.from({ length: 3_000 }, () => objectEvent())
      const answer = await p.call('/epcis/capture', { method: 'POST', body: JSON.stringify(documentOf(events)) })
      expect(answer.status).toBe(202)
      await terminate()
      const id = answer.headers.get('location')?.split('/').at(-1)
      for (let waited = 0; ; waited += 250) {
        const job = await p.call(`/epcis/capture/${id}`)
        const { running, counts } = job.status === 200 ? await job.json() : { running: true, counts: null }
        if (!running) {
          expect(counts).toMatchObject({ events: 3_000, accepted: 3_000, duplicate: 0 })
          break
        }
        expect(waited).toBeLessThan(25_000)
        await new Promise(resolve => setTimeout(resolve, 250))
      }
    })

    it('unreachable: /health says 503 with words, requests 503; back: 200', async () => {
      await command(postgres, `alter database ${name} with allow_connections false`)
      await terminate()
      expect(await settled(503)).not.toContain(500)
      const health = await p.call('/health', { key: null })
      expect(health.status).toBe(503)
      expect((await health.json()).detail).toContain('database cannot be reached')
      await command(postgres, `alter database ${name} with allow_connections true`)
      expect(await settled(202)).not.toContain(500)
      expect((await p.call('/health', { key: null })).status).toBe(200)
    })
  },
)
