import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../support/events.ts'
import { freshDatabase } from '../support/platform.ts'
import { startProcess } from '../support/server-process.ts'

const hasStrace = (() => {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const skipped = process.env.DATABASE_URL
  ? 'PostgreSQL syncs by itself'
  : hasStrace
    ? ''
    : 'strace is not installed, or may not trace here'

const folder = mkdtempSync(join(tmpdir(), 'yuanliu-strace-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Call {
  /** seconds */
  at: number
  /** seconds, when it returned */
  end: number
  text: string
}

/** Finished calls of a trace by `strace -f -ttt -T -y`; a call that was interrupted by another thread's is put together. */
function callsOf(trace: string): Call[] {
  const begun = new Map<string, { at: number; text: string }>()
  const calls: Call[] = []
  for (const line of trace.split('\n')) {
    const match = /^(\d+)\s+(\d+\.\d+) (.*)$/.exec(line)
    if (!match) continue
    const [, thread = '', time, rest = ''] = match
    const at = Number(time)
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(rest)
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    if (unfinished) begun.set(thread, { at, text: unfinished[1] ?? '' })
    else if (resumed) {
      const start = begun.get(thread)
      if (start) calls.push({ at: start.at, end: at, text: start.text + resumed[1] })
    } else calls.push({ at, end: at + Number(/<([\d.]+)>$/.exec(rest)?.[1] ?? 0), text: rest })
  }
  return calls
}

it.skipIf(skipped !== '')(
  `the embedded log is synced to disk between each request and its acknowledgement${skipped && ` (skipped: ${skipped})`}`,
  { timeout: 120_000 },
  async () => {
    const database = await freshDatabase()
    const file = join(folder, 'trace')
    // -D: the server is our child and strace beside it, so that a signal reaches the server
    const wrap = ['strace', '-D', '-f', '-ttt', '-T', '-y', '-s', '64', '-o', file]
    wrap.push('-e', 'trace=fsync,fdatasync,read,recvfrom,write,writev,sendto,sendmsg', '--')
    const server = await startProcess(database.env, { wrap })
    const requests = 5
    for (let i = 0; i < requests; i++) {
      const body = JSON.stringify(documentOf([objectEvent(), objectEvent()]))
      expect((await server.call('/epcis/capture', { method: 'POST', body })).status).toBe(202)
      const single = JSON.stringify({ '@context': CONTEXT, ...objectEvent() })
      expect((await server.call('/epcis/events', { method: 'POST', body: single })).status).toBe(201)
    }
    expect(await server.kill('SIGTERM')).toBe(0)
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('+++ exited with 0 +++')
    await database.remove()

    const calls = callsOf(readFileSync(file, 'utf8'))
    const onSocket = (words: string) => (c: Call) => /^\w+\(\d+<(TCP|socket)/.test(c.text) && c.text.includes(words)
    const requestsSeen = calls.filter(onSocket('"POST /epcis/'))
    const answers = calls.filter(c => onSocket('"HTTP/1.1 202')(c) || onSocket('"HTTP/1.1 201')(c))
    const syncs = calls.filter(c =>
      /^f(data)?sync\(\d+<[^>]*\/pg_wal\/[0-9A-F]{24}>\) = 0/.test(c.text.replace(/\s+=/, ' =')),
    )
    expect(requestsSeen.length).toBe(2 * requests)
    expect(answers.length).toBe(2 * requests)
    answers.forEach((answer, i) => {
      const request = requestsSeen[i]
      const between = syncs.filter(s => s.at > (request?.end ?? 0) && s.end < answer.at)
      expect(between.length, `request ${i}: syncs of the log before "${answer.text.slice(0, 60)}"`).toBeGreaterThan(0)
    })
  },
)
