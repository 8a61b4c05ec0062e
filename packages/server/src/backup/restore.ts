import type { Config } from '../lib/config.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import { killAt } from '../lib/kill-at.ts'
import { applyMigrations, type Migration, migrate, migrationsOf } from '../lib/migrate.ts'
import { refuseRestore } from '../log/log.ts'
import { markRestored } from '../witness/witness.ts'
import { readRelations, readSequences, readTables, type Table } from './catalogue-store.ts'
import { BadBackup, type Header, type TableStart } from './format.ts'
import { dropIndexes, emptyTables, insertRows, setSequence } from './load-store.ts'
import { readBackup, verifyBackup } from './read.ts'

export interface Restored {
  header: Header
  rows: number
  /** migrations that were applied behind those of the backup */
  migrated: number
  /** names of logs that were ended before and are begun anew over the events restored */
  retired: string[]
}

export interface Restoring {
  path: string
  /** opened when the backup has been found whole, and may be read here */
  open: () => Promise<Db>
  /** what was published from outside the database is compared with the backup; null: nothing is (a copy to look into) */
  config: Config | null
  migrations: readonly Migration[]
  /** bytes of the file, twice: it is verified, then read */
  progress?: (phase: 'verify' | 'load', done: number, total: number) => void
  /** told what of the published log could not be compared */
  say?: (words: string) => void
}

/**
 * Restores a backup into an empty database, in one transaction: all of it is there, or nothing.
 * The whole file is verified, the version compared and the log compared with what was published before the database is
 * opened; counts and checksums are checked again while it is read.
 * @throws BadBackup, or an error in words: newer than the program, a database that is not empty, a log that would go back
 */
export async function restoreBackup(restoring: Restoring): Promise<Restored & { db: Db }> {
  const { path, open, config, migrations, progress = () => {}, say = () => {} } = restoring
  const { header, rows } = await verifyBackup(path, (done, total) => progress('verify', done, total))
  const known = migrationsOf(header, path, migrations)
  const guard = config && (await refuseRestore(config, header.log, say))
  const db = await open()
  try {
    await refuseFilled(db)
    await db.tx(async tx => {
      const loaded = await load(tx, path, known, (done, total) => progress('load', done, total))
      if (loaded !== rows) throw new BadBackup(`${path}: it was changed while it was read 备份文件在恢复过程中被改动`)
      await guard?.check(tx)
      await markRestored(tx)
      killAt('restore:loaded')
    })
    killAt('restore:committed')
    await db.script('analyze')
    const migrated = await migrate(db, migrations)
    // Again: a backup of before had no place for the mark.
    const witnessed = await markRestored(db)
    if (witnessed.length) say(witnessWords(witnessed))
    const retired = (await guard?.finish(db)) ?? []
    return { header, rows, migrated, retired, db }
  } catch (error) {
    await db.close().catch(() => {})
    throw error
  } finally {
    await guard?.close()
  }
}

function witnessWords(origins: readonly string[]): string {
  return (
    `The installation of this backup was a witness of ${origins.join(', ')}. It goes on under its key only where the files ` +
    'witness-checkpoint.* of CHECKPOINT_STORE are brought along: what it cosigned after the backup stands there. Else give it a new key and name. ' +
    '该备份的平台曾作见证人：须一并带来 CHECKPOINT_STORE 中的 witness-checkpoint.* 文件，否则请更换见证密钥与名称。'
  )
}

async function refuseFilled(db: Db): Promise<void> {
  const there = await readRelations(db)
  if (there.length)
    throw new Error(
      `The database is not empty (${there.slice(0, 3).join(', ')} …): a backup is restored into an empty one only. ` +
        'Create another database, or name another folder; or move DATA_DIR/db away, with the platform stopped. ' +
        '目标数据库不是空库；请新建数据库或换用空的数据目录。',
    )
}

/** Makes the tables as they were, and fills them. @returns rows read */
async function load(
  tx: Queryable,
  path: string,
  migrations: readonly Migration[],
  progress: (done: number, total: number) => void,
): Promise<number> {
  await applyMigrations(tx, migrations)
  const rebuild = await dropIndexes(tx)
  const tables = await readTables(tx)
  const sequences = new Set((await readSequences(tx)).map(s => s.name))
  await emptyTables(
    tx,
    tables.map(t => t.name),
  )
  const missing = new Set(tables.map(t => t.name))
  let table: TableStart | null = null
  let written = 0
  let rows = 0
  for await (const piece of readBackup(path, progress)) {
    if (piece.kind === 'table') {
      table = matching(path, piece.table, tables)
      missing.delete(table.table)
      written = 0
    } else if (piece.kind === 'rows' && table) {
      written += await insertRows(tx, table, piece.rows)
    } else if (piece.kind === 'end') {
      if (written !== piece.end.rows)
        throw new Error(`Table ${piece.end.end}: ${written} of ${piece.end.rows} rows were written`)
      rows += written
    } else if (piece.kind === 'sequences') {
      for (const sequence of piece.sequences) {
        if (!sequences.delete(sequence.name)) throw other(path, `sequence ${sequence.name}`)
        await setSequence(tx, sequence)
      }
    }
  }
  const [left] = [...missing, ...sequences]
  if (left) throw other(path, left)
  for (const text of rebuild) await tx.script(text)
  return rows
}

/** The table of the backup, where the database has it with the same columns. */
function matching(path: string, start: TableStart, tables: readonly Table[]): TableStart {
  const there = tables.find(t => t.name === start.table)
  const form = (columns: TableStart['columns']) => JSON.stringify(columns.map(c => [c.name, c.type]).sort())
  if (!there || form(there.columns) !== form(start.columns)) throw other(path, `table ${start.table}`)
  return start
}

function other(path: string, what: string): BadBackup {
  return new BadBackup(
    `${path}: ${what} is not what the migrations named in the backup make. Was a table made by hand? Nothing was changed. ` +
      '备份中的表与其迁移版本不符，未作任何改动。',
  )
}
