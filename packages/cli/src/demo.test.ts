import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ADMIN_KEY, startPlatform } from '../../../test/support/platform.ts'
import { demoDocuments } from './demo/documents.ts'
import { demoCommand } from './demo.ts'
import { demoCity } from './demo-import.ts'
import { serveDemo } from './demo-serve.ts'
import { recorded } from './shell.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'yuanliu-demo-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const city = demoCity()
const documents = [...demoDocuments(city)]
const events = documents.flatMap(({ document }) => (document.epcisBody as { eventList: unknown[] }).eventList).length

describe('yuanliu demo', { timeout: 180_000 }, () => {
  it('imports the city with a key per reporter that ends with the import; again, everything is a duplicate', async () => {
    const platform = await startPlatform()
    try {
      const first = recorded({ YUANLIU_KEY: ADMIN_KEY })
      expect(await demoCommand(first, { url: platform.url })).toBe(0)
      expect(first.err()).toContain(
        `${documents.length} documents, accepted ${events} · duplicate 0 · conflict 0 · rejected 0`,
      )
      expect(first.out()).toContain(`${platform.url}/01/`)
      const second = recorded({ YUANLIU_KEY: ADMIN_KEY, YUANLIU_URL: platform.url }, 'zh')
      expect(await demoCommand(second)).toBe(0)
      expect(second.err()).toContain(`新增 0 · 重复 ${events} · 冲突 0 · 拒绝 0`)

      const { keys } = await (await platform.call('/api/keys')).json()
      const made = keys.filter((key: { label: string }) => key.label === 'demo')
      expect(new Set(made.map((key: { organisation: string }) => key.organisation))).toEqual(
        new Set(documents.map(({ reporter }) => reporter)),
      )
      for (const key of made) expect(key.revoked).not.toBeNull()
    } finally {
      await platform.stop()
    }
  })

  // Its database is the embedded one whatever DATABASE_URL says: the run on PostgreSQL would do the same once more.
  it.skipIf(process.env.DATABASE_URL)(
    '--serve runs the platform in a folder of its own with the city, and stops',
    async () => {
      const DATA_DIR = join(folder, 'var')
      const env = { DATA_DIR, PORT: '0', LOG_LEVEL: 'error', DATABASE_URL: 'postgres://elsewhere.invalid/real' }
      const shell = recorded(env)
      const served = await serveDemo(shell)
      try {
        expect(served.imported).toBe(true)
        expect(shell.err()).toContain('DATABASE_URL is ignored')
        expect(shell.err()).toContain(`accepted ${events} ·`)
        const path = join(DATA_DIR, 'bootstrap-key')
        expect(shell.out()).toContain(`The access key is in the file ${path}`)
        expect(statSync(path).mode & 0o777).toBe(0o600)
        const key = readFileSync(path, 'utf8').trim()
        expect(shell.out() + shell.err()).not.toContain(key)
        const health = await (await fetch(`${served.url}/health`)).json()
        expect(health).toMatchObject({ status: 'ready', database: 'embedded' })
      } finally {
        await served.stop()
      }
      expect(existsSync(join(DATA_DIR, 'db'))).toBe(true)

      const again = recorded(env)
      const next = await serveDemo(again)
      try {
        expect(next.imported).toBe(false)
        expect(again.err()).toContain('there already')
        expect(again.err()).not.toContain('duplicate')
      } finally {
        await next.stop()
      }
    },
  )
})
