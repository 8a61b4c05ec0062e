import { type ChildProcess, spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { ROOT } from '../../packages/server/src/lib/paths.ts'
import { ADMIN_KEY } from './platform.ts'

/** A server as people run it: a process of its own, as it was built (global-setup.ts). */
export interface ServerProcess {
  url: string
  process: ChildProcess
  /** everything it has written so far, both streams */
  output(): string
  /** exit code, or the signal that ended it */
  ended: Promise<number | string>
  call(path: string, init?: RequestInit & { key?: string | null }): Promise<Response>
  kill(signal?: NodeJS.Signals): Promise<number | string>
}

export interface Launch {
  /** command in front of the program, e.g. strace */
  wrap?: string[]
  /** do not wait until it is ready */
  early?: boolean
}

/** Starts a server process and waits until /health answers 200; throws with its output when it ends before. */
export async function startProcess(env: Record<string, string>, launch: Launch = {}): Promise<ServerProcess> {
  const port = env.PORT ?? String(await freePort())
  // A server that lives for seconds gains nothing by machine code that is made better in the background.
  const program = [process.execPath, '--liftoff-only', join(ROOT, 'packages/server/dist/main.js')]
  const [command = '', ...args] = [...(launch.wrap ?? []), ...program]
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', LOG_LEVEL: 'error', YUANLIU_BOOTSTRAP_KEY: ADMIN_KEY, ...env, PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', data => (output += String(data)))
  const ended = new Promise<number | string>(resolve => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  const url = `http://127.0.0.1:${port}`
  const server: ServerProcess = {
    url,
    process: child,
    output: () => output,
    ended,
    call(path, init = {}) {
      const { key = ADMIN_KEY, ...rest } = init
      const headers = new Headers(rest.headers)
      if (key !== null) headers.set('authorization', `Bearer ${key}`)
      if (rest.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
      return fetch(url + path, { redirect: 'manual', ...rest, headers })
    },
    kill(signal = 'SIGKILL') {
      child.kill(signal)
      return ended
    },
  }
  if (!launch.early) await whenReady(server)
  return server
}

/** Waits until /health answers 200. */
export async function whenReady(server: ServerProcess): Promise<void> {
  let over: number | string | null = null
  void server.ended.then(how => {
    over = how
  })
  for (const deadline = Date.now() + 90_000; ; ) {
    if (over !== null) throw new Error(`the server ended (${over}):\n${server.output()}`)
    if (Date.now() > deadline) throw new Error(`the server is not ready:\n${server.output()}`)
    const answer = await server.call('/health').catch(() => null)
    if (answer?.status === 200) return
    await answer?.arrayBuffer()
    await new Promise(resolve => setTimeout(resolve, 40))
  }
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
