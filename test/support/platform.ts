import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { readConfig } from '../../packages/server/src/lib/config.ts'
import { type Running, start } from '../../packages/server/src/start.ts'
import { command, withDatabase } from './global-setup.ts'

export const ADMIN_KEY = 'test-bootstrap-key-of-32-characters-or-more'

export interface Platform {
  url: string
  running: Running
  /** environment under which another process can be started on the same data, once this one has stopped */
  env: Record<string, string>
  /** a request with the administration key, unless `key` says otherwise (null: none) */
  call(path: string, init?: RequestInit & { key?: string | null }): Promise<Response>
  /** captures a document given as an object; throws unless it was taken */
  capture(document: unknown, options?: { key?: string; behaviour?: 'rollback' | 'proceed' }): Promise<CaptureResult>
  /** a key of a new organisation */
  key(organisation: string, permissions?: string[], capture?: 'strict' | 'lenient'): Promise<string>
  /** stops and starts again on the same data */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface CaptureResult {
  id: string
  counts: { events: number; accepted: number; duplicate: number; conflict: number; rejected: number }
}

/** A fresh, empty, migrated database: environment for it, and how to remove it. */
export async function freshDatabase(): Promise<{ env: Record<string, string>; remove: () => Promise<void> }> {
  const template = inject('template')
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-test-'))
  const dropFolder = async () => rmSync(folder, { recursive: true, force: true })
  if ('folder' in template) {
    cpSync(join(template.folder, 'db'), join(folder, 'db'), { recursive: true })
    return { env: { DATA_DIR: folder }, remove: dropFolder }
  }
  const name = `yuanliu_test_${randomBytes(6).toString('hex')}`
  // A commit that is not waited for is lost where PostgreSQL itself dies, which no test makes it do.
  await command(
    template.url,
    `create database ${name} template ${template.name}`,
    `alter database ${name} set synchronous_commit = off`,
  )
  return {
    env: { DATA_DIR: folder, DATABASE_URL: withDatabase(template.url, name) },
    remove: async () => {
      await command(template.url, `drop database if exists ${name} with (force)`)
      await dropFolder()
    },
  }
}

/** The whole platform on a database of its own, listening on a port of its own. */
export async function startPlatform(settings: Record<string, string> = {}): Promise<Platform> {
  const database = await freshDatabase()
  const env = {
    PORT: '0',
    PUBLIC_URL: 'https://trace.example.org',
    LOG_LEVEL: 'error',
    PUBLIC_RATE: '0',
    DATABASE_CONNECTIONS: '4',
    YUANLIU_BOOTSTRAP_KEY: ADMIN_KEY,
    ...database.env,
    ...settings,
  }
  const platform: Platform = {
    running: await start(readConfig(env)),
    url: '',
    env,
    call(path, init = {}) {
      const { key = ADMIN_KEY, ...rest } = init
      const headers = new Headers(rest.headers)
      if (key !== null) headers.set('authorization', `Bearer ${key}`)
      if (rest.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
      return fetch(platform.url + path, { redirect: 'manual', ...rest, headers })
    },
    async capture(document, { key = ADMIN_KEY, behaviour = 'rollback' } = {}) {
      const answer = await platform.call('/epcis/capture', {
        method: 'POST',
        key,
        body: JSON.stringify(document),
        headers: { 'gs1-capture-error-behaviour': behaviour },
      })
      if (answer.status !== 202) throw new Error(`capture: ${answer.status} ${await answer.text()}`)
      const id = answer.headers.get('location')?.split('/').at(-1) ?? ''
      for (;;) {
        const job = await (await platform.call(`/epcis/capture/${id}`)).json()
        if (!job.running) return { id, counts: job.counts }
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    },
    async key(organisation, permissions = ['capture', 'read'], capture = 'strict') {
      const answer = await platform.call('/api/keys', {
        method: 'POST',
        body: JSON.stringify({ organisation, permissions, capture }),
      })
      return (await answer.json()).key
    },
    async restart() {
      await platform.running.stop()
      platform.running = await start(readConfig(env))
      platform.url = `http://127.0.0.1:${platform.running.port}`
    },
    async stop() {
      await platform.running.stop()
      await database.remove()
    },
  }
  platform.url = `http://127.0.0.1:${platform.running.port}`
  return platform
}
