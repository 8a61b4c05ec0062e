// @ts-check
/**
 * PGlite in a thread of its own. Speaks the PostgreSQL wire protocol: bytes in, bytes out.
 *
 * PGlite's file layer never calls fsync. This thread does it in its place, at the points where PostgreSQL would:
 * the write-ahead log before an answer leaves that may acknowledge a commit; every data file before `pg_control`
 * moves on to a new checkpoint; `pg_control` itself right after it is written. It sees the writes by standing between
 * PGlite and `node:fs`; a start that cannot see them stops (see `checkSync`).
 */
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const fs = createRequire(import.meta.url)('node:fs')
const real = { ...fs }

/** @type {Map<number, string>} */
const openFiles = new Map()
/** @type {Set<string>} */
const dirtyWal = new Set()
/** @type {Set<string>} */
const dirtyData = new Set()
let walBytes = 0

/** @param {string} path */
function sync(path) {
  let fd
  try {
    fd = real.openSync(path, 'r')
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return // removed since: nothing to keep
    throw error
  }
  try {
    real.fsyncSync(fd)
  } finally {
    real.closeSync(fd)
  }
}

/** @param {Set<string>} paths */
function syncAll(paths) {
  for (const path of paths) sync(path)
  paths.clear()
}

/** @param {string} path */
const isWal = path => path.includes('/pg_wal')
/** @param {string} path */
const parentOf = path => path.slice(0, path.lastIndexOf('/')) || '/'
/** @param {string} path */
function touched(path) {
  if (isWal(path)) dirtyWal.add(path)
  else dirtyData.add(path)
}

fs.openSync = function openSync(/** @type {[string, ...unknown[]]} */ ...args) {
  const existed = real.existsSync(args[0])
  const fd = real.openSync(...args)
  openFiles.set(fd, String(args[0]))
  if (!existed) touched(parentOf(String(args[0])))
  return fd
}
fs.writeSync = function writeSync(/** @type {[number, ...unknown[]]} */ ...args) {
  const path = openFiles.get(args[0])
  if (path?.endsWith('/global/pg_control')) {
    syncAll(dirtyWal)
    syncAll(dirtyData)
    const written = real.writeSync(...args)
    real.fsyncSync(args[0])
    return written
  }
  const written = real.writeSync(...args)
  if (path) {
    touched(path)
    if (isWal(path)) walBytes += written
  }
  return written
}
fs.closeSync = function closeSync(/** @type {number} */ fd) {
  openFiles.delete(fd)
  return real.closeSync(fd)
}
fs.renameSync = function renameSync(/** @type {[string, string]} */ ...args) {
  real.renameSync(...args)
  touched(parentOf(args[0]))
  touched(parentOf(args[1]))
  for (const set of [dirtyWal, dirtyData]) if (set.delete(args[0])) touched(args[1])
}
fs.mkdirSync = function mkdirSync(/** @type {[string, ...unknown[]]} */ ...args) {
  const made = real.mkdirSync(...args)
  touched(parentOf(String(args[0])))
  return made
}
fs.truncateSync = function truncateSync(/** @type {[string, ...unknown[]]} */ ...args) {
  real.truncateSync(...args)
  touched(String(args[0]))
}
fs.ftruncateSync = function ftruncateSync(/** @type {[number, ...unknown[]]} */ ...args) {
  real.ftruncateSync(...args)
  const path = openFiles.get(args[0])
  if (path) touched(path)
}
fs.unlinkSync = function unlinkSync(/** @type {string} */ path) {
  real.unlinkSync(path)
  dirtyWal.delete(path)
  dirtyData.delete(path)
}
syncBuiltinESMExports()

const { PGlite } = await import('@electric-sql/pglite')
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort)

// What a process that was killed had put aside: nobody else removes it in this mode of PostgreSQL.
real.rmSync(`${workerData.dataDir}/base/pgsql_tmp`, { recursive: true, force: true })
const db = await PGlite.create({ dataDir: workerData.dataDir, pgliteWasmModule: workerData.pgliteWasmModule })
await db.exec('set jit = off')
await db.exec("set work_mem = '8MB'")
if (workerData.create) syncAll(dirtyData)
syncAll(dirtyWal)
checkSync()
port.postMessage({ ready: true })

/** Refuses to run where a commit would be acknowledged without having been seen. */
function checkSync() {
  const before = walBytes
  const message = simpleQuery(
    'create temporary table if not exists sync_check (n int); create table public.sync_check (n int); drop table public.sync_check',
  )
  db.execProtocolRawSync(message)
  if (walBytes === before || dirtyWal.size === 0)
    throw new Error('the embedded database writes its log unseen: commits cannot be made durable')
  syncAll(dirtyWal)
}

/** @param {string} text */
function simpleQuery(text) {
  const body = Buffer.from(`${text}\0`)
  const message = Buffer.alloc(5 + body.length)
  message.write('Q', 0)
  message.writeUInt32BE(4 + body.length, 1)
  body.copy(message, 5)
  return message
}

// The field of an error message that tells its severity, untranslated; no value in text form holds a zero byte.
const PANIC = Buffer.from('\0VPANIC\0')
let dirtySince = 0
/** After a checkpoint whole pages are logged again: with a quarter of this, captures are slower by a twelfth. */
const CHECKPOINT_BYTES = 256 * 1024 * 1024
const CHECKPOINT_MS = 30_000
let inTransaction = false

function checkpoint() {
  if (inTransaction || walBytes === 0) return
  db.execProtocolRawSync(simpleQuery('checkpoint'))
  syncAll(dirtyWal)
  syncAll(dirtyData)
  walBytes = 0
  dirtySince = 0
}

/**
 * What PostgreSQL answers, taken as it comes: PGlite's other calls parse every answer, which nobody asks for here.
 * @param {Uint8Array} message
 */
async function answerTo(message) {
  /** @type {Uint8Array[]} */
  const chunks = []
  let length = 0
  // All of it happens before the call returns; what it throws is thrown here.
  await db.execProtocolRawStream(message, {
    syncToFs: false,
    onRawData(data) {
      chunks.push(data.slice())
      length += data.length
    },
  })
  const answer = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    answer.set(chunk, at)
    at += chunk.length
  }
  return answer
}

port.on('message', async message => {
  if (message === 'close') {
    checkpoint()
    void db.close().then(() => {
      syncAll(dirtyWal)
      syncAll(dirtyData)
      port.postMessage({ closed: true })
      port.close()
    })
    return
  }
  const answer = await answerTo(message)
  // ReadyForQuery ends the answer: 'Z', length 5, status ('I': outside a transaction).
  inTransaction = answer.length > 0 && answer[answer.length - 1] !== 0x49
  // Whatever the state at the end of the answer: one message may hold a commit and the beginning of what follows it.
  if (dirtyWal.size) {
    syncAll(dirtyWal)
    dirtySince ||= Date.now()
  }
  // A panic must end PostgreSQL: what is in its memory is no longer to be believed, the log on disk is.
  const panic = Buffer.from(answer.buffer).includes(PANIC)
  port.postMessage(answer, [answer.buffer])
  if (panic) throw new Error('PostgreSQL panicked; it must be started again to recover from its log')
  if (!inTransaction && (walBytes > CHECKPOINT_BYTES || (dirtySince && Date.now() - dirtySince > CHECKPOINT_MS)))
    checkpoint()
})

setInterval(() => {
  if (dirtySince && Date.now() - dirtySince > CHECKPOINT_MS) checkpoint()
}, 5_000).unref()
