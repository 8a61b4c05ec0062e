import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import { queryable } from './connection.ts'
import type { Db, Queryable } from './db.ts'
import { embeddedStream } from './embedded-stream.ts'
import { lockFolder } from './lock-file.ts'

/**
 * PGlite (PostgreSQL compiled to WebAssembly) in `<folder>/db`, in a thread of its own.
 * One connection: statements and transactions take turns. Throws when another process holds the folder.
 */
export async function openEmbedded(folder: string): Promise<Db> {
  mkdirSync(folder, { recursive: true })
  const unlock = lockFolder(folder)
  try {
    const dataDir = join(folder, 'db')
    // Creating the database takes 800 MB that WebAssembly never gives back: let a thread of its own do it and end.
    if (!existsSync(join(dataDir, 'PG_VERSION'))) await createIn(dataDir)
    return await connect(await startWorker(dataDir, false), unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

async function createIn(dataDir: string): Promise<void> {
  const worker = await startWorker(dataDir, true)
  await closeWorker(worker)
}

function startWorker(dataDir: string, create: boolean): Promise<Worker> {
  const worker = new Worker(new URL('./embedded-worker.js', import.meta.url), {
    workerData: { dataDir, create },
    // The thread runs plain JavaScript; loaders of the parent (tests, watch mode) are not for it.
    execArgv: [],
  })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', () => {
      worker.off('error', reject)
      resolve(worker)
    })
  })
}

function closeWorker(worker: Worker): Promise<void> {
  return new Promise(resolve => {
    worker.once('exit', () => resolve())
    worker.postMessage('close')
  })
}

async function connect(worker: Worker, unlock: () => void): Promise<Db> {
  const client = new pg.Client({ user: 'postgres', database: 'postgres', stream: () => embeddedStream(worker) })
  client.on('error', () => {})
  await client.connect()
  const version = (await client.query<{ v: string }>(`select current_setting('server_version') as v`)).rows[0]?.v ?? ''
  const raw = queryable(client)
  let last: Promise<unknown> = Promise.resolve()
  /** One thing at a time: a statement outside must not slip into somebody's transaction. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
  return {
    kind: 'embedded',
    version,
    rows: statement => inTurn(() => raw.rows(statement)),
    row: statement => inTurn(() => raw.row(statement)),
    run: statement => inTurn(() => raw.run(statement)),
    script: text => inTurn(() => raw.script(text)),
    tx: work => inTurn(() => transaction(raw, work)),
    async close() {
      await last
      await closeWorker(worker)
      unlock()
    },
  }
}

async function transaction<T>(db: Queryable, work: (db: Queryable) => Promise<T>): Promise<T> {
  await db.script('begin')
  try {
    const result = await work(db)
    await db.script('commit')
    return result
  } catch (error) {
    await db.script('rollback')
    throw error
  }
}
