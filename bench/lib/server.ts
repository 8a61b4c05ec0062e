import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { ROOT } from '../../packages/server/src/lib/paths.ts'
import { type Client, createClient } from './client.ts'
import type { Database } from './database.ts'
import type { Options } from './options.ts'
import { pause } from './stats.ts'

export const KEY = 'benchmark-key-of-at-least-32-characters'

/** The built platform in a process of its own. */
export interface Served {
  url: string
  pid: number
  client: Client
  /** milliseconds from the start of the process to the first 200 of /health */
  startMs: number
  stop(): Promise<void>
}

const LONGEST_START_MS = 120_000

const running = new Set<ChildProcess>()

/** Starts the built platform on a database and waits until it is ready. Throws with its last words if it ends. */
export function serve(database: Database, options: Options, settings: Record<string, string> = {}): Promise<Served> {
  const profiling = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : []
  return startChild(
    [...startFlags(), ...options.node, ...profiling, join(ROOT, 'packages/server/dist/main.js')],
    { ...database.env, YUANLIU_BOOTSTRAP_KEY: KEY, PUBLIC_RATE: '0', LOG_LEVEL: 'warn', ...settings },
    '/health',
  )
}

/** What `npm start` tells Node. */
function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
  const flags = /node (--.*) packages\/server\/dist\/main\.js/.exec(scripts.start)?.[1]
  return flags ? flags.split(' ') : []
}

/** Starts a program of node that listens on PORT, and waits until `path` is answered with 200. */
export async function startChild(args: string[], env: Record<string, string>, path: string): Promise<Served> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, args, {
    // Only what the child needs: settings of the caller's own installation must not reach it.
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let words = ''
  const hear = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2_000)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => {
      running.delete(child)
      resolve()
    })
  })
  const url = `http://127.0.0.1:${port}`
  const client = createClient(url, KEY)
  while (!(await isReady(client, path))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server ended:\n${words}`)
    if (performance.now() - began > LONGEST_START_MS) {
      child.kill('SIGKILL')
      throw new Error(`The server is not ready after ${LONGEST_START_MS / 1000} s:\n${words}`)
    }
    await pause(10)
  }
  return {
    url,
    pid: child.pid ?? 0,
    client,
    startMs: performance.now() - began,
    async stop() {
      client.close()
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Ends what is still running, after an error or an interrupt. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL')
}

async function isReady(client: Client, path: string): Promise<boolean> {
  try {
    return (await client.get(path)).status === 200
  } catch {
    return false // nobody listens yet
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
