import { createHash } from 'node:crypto'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Db } from '../lib/db/db.ts'
import { VERSION } from '../lib/paths.ts'
import { FORMAT, type Header, type Sequences, type TableEnd, type TableStart, type Trailer } from './format.ts'
import { type Snapshot, withSnapshot } from './snapshot-store.ts'

/** What a backup holds, known when it is complete. */
export interface Written {
  tables: number
  rows: number
  /** the last capture position in it */
  position: number
}

/** A receiver that takes nothing for so long is given up: a server would keep its transaction open for it. */
const STALL_MS = 120_000

/**
 * Writes a backup of the database as it is now, while captures go on; memory does not grow with it.
 * @param out ended when the backup is complete; destroyed where it cannot be completed
 * @throws what the database or the receiver throws; what was written then has no trailer and is refused by every reader
 */
export function writeBackup(
  db: Db,
  out: Writable,
  progress: (rows: number) => void = () => {},
  signal?: AbortSignal,
): Promise<Written> {
  return withSnapshot(db, async snapshot => {
    const written: Written = { tables: snapshot.tables.length, rows: 0, position: snapshot.facts.position }
    // Most of the bytes are deflated blocks: more effort would find nothing.
    const gzip = createGzip({ level: 3 })
    let seen = -1
    const guard = setInterval(() => {
      if (seen === gzip.bytesWritten) out.destroy(new Error('The receiver of the backup takes nothing any more'))
      seen = gzip.bytesWritten
    }, STALL_MS)
    guard.unref()
    try {
      const lines = Readable.from(linesOf(db, snapshot, written, progress), { objectMode: false })
      await pipeline(lines, gzip, out, signal ? { signal } : {})
    } finally {
      clearInterval(guard)
    }
    return written
  })
}

async function* linesOf(
  db: Db,
  snapshot: Snapshot,
  written: Written,
  progress: (rows: number) => void,
): AsyncGenerator<Buffer> {
  const whole = createHash('sha256')
  const line = (value: Header | TableStart | TableEnd | Sequences | Trailer) => {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`)
    whole.update(bytes)
    return bytes
  }
  yield line({
    yuanliu: 'backup',
    format: FORMAT,
    program: VERSION,
    made: new Date().toISOString(),
    engine: { kind: db.kind, version: db.version },
    ...snapshot.facts,
    tables: snapshot.tables.map(t => t.name),
  })
  for (const table of snapshot.tables) {
    const hash = createHash('sha256')
    let rows = 0
    yield line({ table: table.name, columns: table.columns })
    for await (const some of snapshot.rows(table)) {
      const bytes = Buffer.from(some.map(row => `${JSON.stringify(row)}\n`).join(''))
      hash.update(bytes)
      whole.update(bytes)
      rows += some.length
      written.rows += some.length
      progress(written.rows)
      yield bytes
    }
    yield line({ end: table.name, rows, sha256: hash.digest('hex') })
  }
  yield line({ sequences: snapshot.sequences })
  const { tables, rows } = written
  yield line({ trailer: true, tables, rows, sha256: whole.copy().digest('hex') })
}
