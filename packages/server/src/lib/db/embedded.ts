import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import { makeFolder } from '../folder.ts'
import { wasm } from '../wasm.ts'
import { gather, sendWhole } from './at-once.ts'
import { queryable, transaction } from './connection.ts'
import type { Db, Queryable } from './db.ts'
import { embeddedStream } from './embedded-stream.ts'
import { lockFolder } from './lock-file.ts'
import { asSchema, schemaName } from './schema.ts'
import { DatabaseUnavailable, reach } from './unavailable.ts'

/**
 * PGlite (PostgreSQL compiled to WebAssembly) in `<folder>/db`, in a thread of its own.
 * One connection: statements and transactions take turns. Throws in words when another process holds the folder or the
 * folder cannot be written.
 * @param onLost called once if the thread ends without having been asked to: from then on every question fails, and
 *   only a new process, which recovers from the log, can go on
 */
export async function openEmbedded(folder: string, onLost: (error: Error) => void = () => {}): Promise<Db> {
  const unlock = claim(folder)
  try {
    const dataDir = join(folder, 'db')
    // Creating the database takes 800 MB that WebAssembly never gives back: let a thread of its own do it and end.
    if (!existsSync(join(dataDir, 'PG_VERSION'))) await createIn(folder, dataDir)
    return await connect(await startWorker(dataDir, false), unlock, onLost)
  } catch (error) {
    unlock()
    throw error
  }
}

function claim(folder: string): () => void {
  try {
    makeFolder(folder)
    return lockFolder(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!code) throw error
    throw new Error(`DATA_DIR=${folder}: cannot be written (${code}) 数据目录不可写`, { cause: error })
  }
}

/** Creates the database beside its place and moves it there when it is whole: a start that is killed leaves no half. */
async function createIn(folder: string, dataDir: string): Promise<void> {
  const draft = join(folder, 'db.new')
  rmSync(draft, { recursive: true, force: true })
  rmSync(dataDir, { recursive: true, force: true })
  await closeWorker(await startWorker(draft, true))
  renameSync(draft, dataDir)
  const fd = openSync(folder, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

/** PGlite's program, compiled once in a process: its threads share the machine code, and what is made better of it. */
let program: Promise<object> | null = null

function compiledProgram(): Promise<object> {
  program ??= (async () => {
    const folder = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'))
    return wasm.compile(await readFile(join(folder, 'pglite.wasm')))
  })()
  return program
}

async function startWorker(dataDir: string, create: boolean): Promise<Worker> {
  const pgliteWasmModule = await compiledProgram()
  const worker = new Worker(new URL('./embedded-worker.js', import.meta.url), {
    workerData: { dataDir, create, pgliteWasmModule },
    // The thread runs plain JavaScript; loaders of the parent (tests, watch mode) are not for it.
    execArgv: [],
  })
  return new Promise((resolve, reject) => {
    const failed = (error: unknown) =>
      reject(
        new Error(`The database in ${dataDir} cannot be opened: ${String(error)} 无法打开数据库`, { cause: error }),
      )
    const ended = (code: number) => failed(`the thread ended with code ${code}`)
    worker.once('error', failed)
    worker.once('exit', ended)
    worker.once('message', () => {
      worker.off('error', failed)
      worker.off('exit', ended)
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

async function connect(worker: Worker, unlock: () => void, onLost: (error: Error) => void): Promise<Db> {
  const client = new pg.Client({
    user: 'postgres',
    database: 'postgres',
    stream: () => embeddedStream(worker),
    pipeline: true,
  })
  client.on('error', () => {})
  let lost: Error | null = null
  let closing = false
  worker.once('error', error => {
    lost = error
  })
  worker.once('exit', () => {
    if (closing) return
    lost = new Error(
      `The thread of the embedded database ended: ${lost?.message ?? 'no reason given'} 内嵌数据库线程已终止`,
    )
    onLost(lost)
  })
  await client.connect()
  const version = (await client.query<{ v: string }>(`select current_setting('server_version') as v`)).rows[0]?.v ?? ''
  let last: Promise<unknown> = Promise.resolve()
  /** One thing at a time: a statement outside must not slip into somebody's transaction. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(() => answered(work))
    last = result.catch(() => {})
    return result
  }
  async function answered<T>(work: () => Promise<T>): Promise<T> {
    if (lost || closing) throw new DatabaseUnavailable(lost ?? new Error('The database is closed'))
    try {
      return await work()
    } catch (error) {
      throw lost ? new DatabaseUnavailable(lost) : error
    }
  }
  /** What is sent whole needs its turn only to be sent: the thread goes on with it when it is done with what came before. */
  const onTheirWay = new Set<Promise<unknown>>()
  async function sentInTurn<T>(send: () => Promise<T>): Promise<T> {
    const sent = last.then(() => {
      const answer = answered(send)
      const noted = answer.catch(() => {}).finally(() => onTheirWay.delete(noted))
      onTheirWay.add(noted)
      return { answer }
    })
    last = sent
    return (await sent).answer
  }
  /** schema that names mean for what is sent now; null: the database's own path; undefined: not known */
  let path: string | null | undefined = null
  /** There is one connection: whose turn it is finds its own path. Who is alone on it never has to change it. */
  async function to(schema: string | null): Promise<void> {
    if (path === schema) return
    path = schema
    await reach(client.query(schema === null ? 'reset search_path' : `set search_path to ${schema}`)).catch(error => {
      path = undefined
      throw error
    })
  }
  function view(schema: string | null, close: Db['close']): Db {
    // Prepared statements stay those of the database's own path: a plan that serves two is made anew at every change.
    const named = schema === null
    const raw = queryable(client, named)
    const ask = <T>(work: (raw: Queryable) => Promise<T>) =>
      inTurn(async () => {
        if (path !== schema) await to(schema)
        return work(raw)
      })
    return {
      kind: 'embedded',
      version,
      rows: statement => ask(q => q.rows(statement)),
      row: statement => ask(q => q.row(statement)),
      run: statement => ask(q => q.run(statement)),
      script: text => ask(q => q.script(text)),
      tx: work => ask(() => transaction(client, work, undefined, named)),
      async atOnce(work) {
        const gathered = await gather(work)
        return sentInTurn(async () => {
          const there = path === schema ? null : to(schema)
          const [done] = await Promise.all([sendWhole(client, gathered, undefined, named), there])
          return done
        })
      },
      within: name => asSchema(view(schemaName(name), async () => {})),
      close,
    }
  }
  return view(null, async () => {
    await last
    await Promise.all(onTheirWay)
    if (!closing && !lost) {
      closing = true
      await closeWorker(worker)
    }
    unlock()
  })
}
