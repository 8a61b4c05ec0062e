import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Db } from '../lib/db/db.ts'
import { type Migration, migrationsDue } from '../lib/migrate.ts'
import { writeWhole } from './file.ts'
import { writeBackup } from './write.ts'

/** Restore points that are kept: one of the upgrade, one of the one before. */
const KEPT = 2
const NAME = /^\d{8}T\d{6}Z-[a-z0-9-]+\.yuanliu$/

/**
 * Writes a backup of a database into a folder of restore points, and removes all but the last two.
 * @param word why, for the name of the file: small letters, digits, hyphens
 * @returns path of the file
 * @throws in words where it cannot be written; nothing but the folder has been touched then
 */
export async function writeRestorePoint(db: Db, folder: string, word: string): Promise<string> {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const path = join(folder, `${stamp}-${word}.yuanliu`)
  try {
    await writeWhole(path, out => writeBackup(db, out))
  } catch (error) {
    throw new Error(
      `The restore point ${path} cannot be written: ${(error as Error).message}. ` +
        'Make room, name another folder in RESTORE_POINTS, or set it to "off" where you have a backup of your own. 无法写入恢复点。',
      { cause: error },
    )
  }
  const all = readdirSync(folder)
    .filter(name => NAME.test(name))
    .sort()
  for (const name of all.slice(0, -KEPT)) rmSync(join(folder, name), { force: true })
  return path
}

/**
 * Before migrations are applied to a database that has some already: a restore point.
 * @param folder null: none is made
 * @returns its path; null where nothing is due, or the database is new
 * @throws in words where the database is newer than the program, or the restore point cannot be written
 */
export async function restorePointBeforeUpgrade(
  db: Db,
  folder: string | null,
  migrations: readonly Migration[],
): Promise<string | null> {
  if (folder === null) return null
  const { applied, due } = await migrationsDue(db, migrations)
  if (!applied || !due.length) return null
  const last = migrations.filter(m => !due.includes(m)).at(-1)?.id ?? 0
  return writeRestorePoint(db, folder, `before-${String(last).padStart(4, '0')}-upgrade`)
}

/** Names of the restore points in a folder, the last one last. */
export function restorePoints(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter(name => NAME.test(name))
        .sort()
    : []
}
