import { createHash, type Hash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import {
  BadBackup,
  FORMAT,
  type Header,
  type Row,
  type Sequence,
  type TableEnd,
  type TableStart,
  type Trailer,
} from './format.ts'

/** What a backup holds, piece by piece, in its order. */
export type Piece =
  | { kind: 'header'; header: Header }
  | { kind: 'table'; table: TableStart }
  | { kind: 'rows'; rows: Row[] }
  | { kind: 'end'; end: TableEnd }
  | { kind: 'sequences'; sequences: Sequence[] }

/** Bytes of rows that are handed out at once. */
const BATCH = 1024 * 1024

/**
 * Reads a backup and checks it on the way: form, counts, checksums. Whoever acts on a piece before the end must be able to
 * take it back.
 * @param progress bytes of the file that were read, and how many there are
 * @throws BadBackup, in words, where it is damaged, cut off, of another kind, or of a newer format
 */
export async function* readBackup(
  path: string,
  progress: (done: number, total: number) => void = () => {},
): AsyncGenerator<Piece> {
  const reader = new Reader(path)
  let table: { name: string; width: number; rows: number; hash: Hash } | null = null
  const done = { header: null as Header | null, tables: 0, rows: 0, sequences: false, trailer: false }
  let rows: Row[] = []
  let size = 0
  for await (const line of reader.lines(progress)) {
    if (done.trailer) throw damaged(path, 'there is something behind its end')
    const value = parse(path, line)
    if (Array.isArray(value)) {
      if (!table || value.length !== table.width) throw damaged(path, 'a row stands where none may be')
      table.hash.update(line).update('\n')
      table.rows++
      rows.push(value as Row)
      size += line.length
      if (size > BATCH) {
        yield { kind: 'rows', rows }
        rows = []
        size = 0
      }
    } else if (!done.header) {
      done.header = headerOf(path, value)
      yield { kind: 'header', header: done.header }
    } else if ('table' in value && !table) {
      const start = value as unknown as TableStart
      if (!Array.isArray(start.columns)) throw damaged(path, 'a table has no columns')
      if (start.table !== done.header.tables[done.tables]) throw damaged(path, 'its tables are not those of its header')
      table = { name: start.table, width: start.columns.length, rows: 0, hash: createHash('sha256') }
      yield { kind: 'table', table: start }
    } else if ('end' in value && table) {
      const end = value as unknown as TableEnd
      if (end.end !== table.name || end.rows !== table.rows)
        throw damaged(path, `table ${table.name} has ${table.rows} rows, not ${end.rows}`)
      if (end.sha256 !== table.hash.digest('hex')) throw damaged(path, `the checksum of table ${table.name} differs`)
      if (rows.length) yield { kind: 'rows', rows }
      rows = []
      size = 0
      done.tables++
      done.rows += table.rows
      table = null
      yield { kind: 'end', end }
    } else if ('sequences' in value && !table && !done.sequences) {
      if (!Array.isArray(value.sequences)) throw damaged(path, 'its sequences are no list')
      done.sequences = true
      yield { kind: 'sequences', sequences: value.sequences as Sequence[] }
    } else if ('trailer' in value && done.sequences) {
      const trailer = value as unknown as Trailer
      if (trailer.tables !== done.tables || done.tables !== done.header.tables.length || trailer.rows !== done.rows)
        throw damaged(path, `it has ${done.tables} tables with ${done.rows} rows, not those of its trailer`)
      if (trailer.sha256 !== reader.before) throw damaged(path, 'its checksum differs')
      done.trailer = true
    } else throw damaged(path, 'a line stands where it may not be')
  }
  if (!done.trailer) throw damaged(path, 'its end is missing')
}

/** Lines of a file, hashed. */
class Reader {
  readonly path: string
  readonly #hash = createHash('sha256')
  /** SHA-256 of the lines before the one that was given last */
  before = ''

  constructor(path: string) {
    this.path = path
  }

  async *lines(progress: (done: number, total: number) => void): AsyncGenerator<Buffer> {
    const { path } = this
    const total = statSync(path).size
    const file = createReadStream(path)
    const gunzip = createGunzip()
    file.on('error', error => gunzip.destroy(error))
    let rest: Buffer[] = []
    try {
      for await (const chunk of file.pipe(gunzip) as AsyncIterable<Buffer>) {
        let at = 0
        for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, at)) {
          const part = chunk.subarray(at, end)
          yield this.#given(rest.length ? Buffer.concat([...rest, part]) : part)
          rest = []
          at = end + 1
        }
        if (at < chunk.length) rest.push(chunk.subarray(at))
        progress(file.bytesRead, total)
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code?.startsWith('Z_')) throw damaged(path, message, error)
      throw error
    } finally {
      file.destroy()
      gunzip.destroy()
    }
    if (rest.length) throw damaged(path, 'its last line does not end')
  }

  #given(line: Buffer): Buffer {
    if (line.subarray(0, 11).equals(TRAILER)) this.before = this.#hash.copy().digest('hex')
    this.#hash.update(line).update('\n')
    return line
  }
}
const TRAILER = Buffer.from('{"trailer":')

function parse(path: string, line: Buffer): Record<string, unknown> | unknown[] {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (value && typeof value === 'object') return value as Record<string, unknown>
  } catch (error) {
    throw damaged(path, 'a line is no JSON', error)
  }
  throw damaged(path, 'a line is no JSON object')
}

function headerOf(path: string, value: Record<string, unknown>): Header {
  if (value.yuanliu !== 'backup') throw damaged(path, 'it is no backup of Yuanliu')
  const header = value as unknown as Header
  if (!(header.format <= FORMAT))
    throw new BadBackup(
      `${path}: a backup of format ${header.format} by program ${header.program}; this program (format ${FORMAT}) is older: ` +
        'use the program that wrote it, or a newer one. 备份由更新的程序写成，请用同版或更新的程序恢复。',
    )
  if (![header.tables, header.migrations, header.log].every(Array.isArray))
    throw damaged(path, 'its header lacks tables, migrations or logs')
  return header
}

function damaged(path: string, why: string, cause?: unknown): BadBackup {
  return new BadBackup(`${path}: the backup is damaged: ${why}. Nothing was changed. 备份文件损坏，未作任何改动。`, {
    cause,
  })
}

/** Reads a backup from end to end. @returns its header and how many rows it has @throws BadBackup */
export async function verifyBackup(
  path: string,
  progress?: (done: number, total: number) => void,
): Promise<{ header: Header; rows: number }> {
  let header: Header | null = null
  let rows = 0
  for await (const piece of readBackup(path, progress)) {
    if (piece.kind === 'header') header = piece.header
    if (piece.kind === 'end') rows += piece.end.rows
  }
  return { header: header as Header, rows }
}
