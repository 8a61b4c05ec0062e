import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import { openEmbedded } from '../lib/db/embedded.ts'
import { openPostgres } from '../lib/db/postgres.ts'
import { rememberedPosition } from '../lib/last-position.ts'
import { migrationsDue, readMigrations } from '../lib/migrate.ts'
import { MIGRATIONS } from '../lib/paths.ts'
import type { Header } from './format.ts'
import { type Restored, restoreBackup } from './restore.ts'
import { type Written, writeBackup } from './write.ts'

/** What the command line does with backups, without a running platform. */

export { writeWhole } from './file.ts'
export { verifyBackup } from './read.ts'

/** Whether the embedded database of these settings is there, and whether a process seems to have it open. */
export function embeddedState(config: Config): 'absent' | 'in-use' | 'closed' {
  if (!existsSync(join(config.dataDir, 'db', 'PG_VERSION'))) return 'absent'
  return existsSync(join(config.dataDir, 'lock')) ? 'in-use' : 'closed'
}

function openDatabase(config: Config): Promise<Db> {
  return config.databaseUrl ? openPostgres(config.databaseUrl, 2) : openEmbedded(config.dataDir)
}

/**
 * Writes a backup of the database that the settings name: of a server, at any time; of a folder that no process uses.
 * @throws in words where it cannot be opened, or is none of this program's
 */
export async function backupInstallation(
  config: Config,
  out: Writable,
  progress: (rows: number) => void,
): Promise<Written> {
  if (!config.databaseUrl && embeddedState(config) === 'absent')
    throw new Error(
      `${config.dataDir}: 没有可备份的数据库；平台正在运行时用 --url 指明其地址 there is no database to back up; --url names a platform that runs`,
    )
  const db = await openDatabase(config)
  try {
    const { applied } = await migrationsDue(db, readMigrations(MIGRATIONS))
    if (!applied) throw new Error('The database is empty: nothing to back up 数据库为空，没有可备份的内容')
    return await writeBackup(db, out, progress)
  } finally {
    await db.close()
  }
}

export interface RestoredInstallation extends Restored {
  /** the folder remembers positions beyond the backup: a start will refuse; 0: it does not */
  remembered: number
}

/** Restores a backup into the database that the settings name. @throws as restoreBackup */
export async function restoreInstallation(
  config: Config,
  path: string,
  progress: (phase: 'verify' | 'load', done: number, total: number) => void,
  say: (words: string) => void = () => {},
): Promise<RestoredInstallation> {
  const { db, ...restored } = await restoreBackup({
    path,
    open: () => openDatabase(config),
    config,
    migrations: readMigrations(MIGRATIONS),
    progress,
    say,
  })
  await db.close()
  const remembered = restored.retired.length ? 0 : await rememberedPosition(config.dataDir)
  return { ...restored, remembered: remembered > restored.header.position ? remembered : 0 }
}

export type { Header, Written }
