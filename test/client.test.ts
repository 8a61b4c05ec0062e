import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKey, listKeys, revokeKey } from '../packages/core/src/api/access.ts'
import { getCapture, listConflicts } from '../packages/core/src/api/capture.ts'
import { createClient, RemoteProblem, Unreachable } from '../packages/core/src/client.ts'
import { ADMIN_KEY, type Platform, startPlatform } from './support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it did not fail')
    },
    error => error,
  )

describe('the client', () => {
  it('fills path, query and body, and gives typed answers', async () => {
    const client = createClient({ url: `${platform.url}/`, key: ADMIN_KEY })
    const made = await client.call(createKey, { body: { organisation: 'farm', permissions: ['read'] } })
    const { keys } = await client.call(listKeys)
    expect(keys.map(key => key.id)).toContain(made.id)
    expect((await client.call(revokeKey, { params: { id: made.id } })).revoked).not.toBeNull()
    expect(await client.call(listConflicts, { query: { limit: 5 } })).toEqual({ conflicts: [], next: null })
    // @ts-expect-error a place of the path that is missing is a fault of the program
    await expect(client.call(getCapture)).rejects.toThrow()
  })

  it('throws what the platform says, in the language asked for', async () => {
    const call = (options: { key?: string; language?: 'zh' | 'en' }, id: string) =>
      failureOf(createClient({ url: platform.url, ...options }).call(revokeKey, { params: { id } }))
    const missing = await call({ key: ADMIN_KEY, language: 'en' }, 'no/such key?')
    expect(missing).toBeInstanceOf(RemoteProblem)
    expect(missing).toMatchObject({ status: 404, kind: 'not-found', title: 'Not found' })
    expect(missing.details.detail).toContain('no/such key?')
    expect(await call({ language: 'zh' }, 'x')).toMatchObject({
      status: 401,
      kind: 'key-missing',
      title: '需要访问密钥',
    })

    const client = createClient({ url: platform.url, key: ADMIN_KEY })
    const draft = { organisation: 'ä', permissions: [] }
    const wrong = await failureOf(client.call(createKey, { body: draft }))
    expect(wrong.details.errors.map((e: { pointer: string }) => e.pointer).sort()).toEqual([
      '/organisation',
      '/permissions',
    ])
    // Under /epcis the type is the standard's, the entry of the catalogue is known by its title.
    const job = await failureOf(client.call(getCapture, { params: { id: '00000000-0000-4000-8000-000000000000' } }))
    expect(job.kind).toBe('capture-not-found')
  })

  it('tells an address where nothing answers, and an answer that is none of ours', async () => {
    const nowhere = await failureOf(createClient({ url: 'http://127.0.0.1:9' }).request('/health'))
    expect(nowhere).toBeInstanceOf(Unreachable)
    expect(nowhere.url).toBe('http://127.0.0.1:9')

    const other = createServer((_, response) => {
      response.writeHead(503, { 'retry-after': '7' }).end('<h1>down</h1>')
    })
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
      const problem = await failureOf(createClient({ url }).request('/'))
      expect(problem).toMatchObject({ status: 503, kind: null, details: { retryAfter: 7 } })
    } finally {
      other.close()
    }
  })
})
