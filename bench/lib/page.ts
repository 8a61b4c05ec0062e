import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Answer, createClient } from './client.ts'
import { type Served, startChild } from './server.ts'

/** What a phone sends. No key: the pages are public. */
export const PHONE = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br',
  'accept-language': 'zh-CN,zh;q=0.9',
}
export const CONNECTIONS = 16
/** Length of one round of load. */
export const ROUND_MS = 2_000

/** A page as a phone gets it. Throws unless it is a compressed 200. */
export async function getPage(url: string, path: string): Promise<Answer> {
  const client = createClient(url, '')
  try {
    const answer = await client.get(path, PHONE)
    if (answer.status !== 200 || !answer.headers['content-encoding']) {
      throw new Error(`${path}: ${answer.status} ${answer.headers['content-encoding']} ${answer.body.subarray(0, 300)}`)
    }
    return answer
  } finally {
    client.close()
  }
}

/** A plain Fastify that answers the same bytes with the same headers at `/same`, and nothing at `/empty`. */
export async function servePlain(page: Answer): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu_bench_page_'))
  const file = join(folder, 'same.json')
  const own = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']
  const headers = Object.fromEntries(Object.entries(page.headers).filter(([name]) => !own.includes(name)))
  writeFileSync(file, JSON.stringify({ headers, body: page.body.toString('base64') }))
  try {
    const script = fileURLToPath(new URL('./plain-server.ts', import.meta.url))
    return await startChild(['--import', 'tsx', script], { SAME: file }, '/empty')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
