import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatVerifierKey, type SuiteId, suite } from '@yuanliu/core'
import { restoreBackup, writeRestorePoint } from '../backup/backup.ts'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import { openEmbedded } from '../lib/db/embedded.ts'
import { openPostgres } from '../lib/db/postgres.ts'
import { migrate, readMigrations } from '../lib/migrate.ts'
import { MIGRATIONS } from '../lib/paths.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey } from '../lib/signing/signing-key.ts'
import { cosignedNote } from './cosign/store.ts'
import { type Believing, outsideOf, placeOfKey } from './outside.ts'
import { type Retired, retireLog } from './retire.ts'
import { suiteNumber } from './suites.ts'
import { type Outside, type Verification, verifyDatabase } from './verify.ts'

/** What the command line does with the log of an installation, without a running platform. */

export { nodeCrypto } from '../lib/signing/node-crypto.ts'

/**
 * Verifies an installation by its settings: the embedded database of DATA_DIR, which no process uses now, or the server
 * of DATABASE_URL. Keys and the last published checkpoint are taken from outside the database, where they are there.
 * @param believing keys that are believed instead, and keys of witnesses
 * @returns what was found, and for each suite the newest checkpoint with enough cosignatures, as it is served
 */
export async function verifyInstallation(
  config: Config,
  progress: (done: number, total: number) => void = () => {},
  believing: Believing = {},
): Promise<Verified> {
  const db = config.databaseUrl ? await openPostgres(config.databaseUrl, 2) : await openEmbedded(config.dataDir)
  try {
    const outside = { ...(await outsideOf(config, believing)), ...crewOf(config) }
    return await verified(db, outside, progress, from => placeOfKey(config, from, config.databaseUrl === null))
  } finally {
    await db.close()
  }
}

/** Threads, of which PostgreSQL answers each with connections of its own. */
function crewOf({ databaseUrl, schemesDir }: Pick<Config, 'databaseUrl' | 'schemesDir'>): Pick<Outside, 'crew'> {
  const module = new URL('./verify-worker.js', import.meta.url)
  // Run from the sources there is no such file, and this thread does the work.
  if (!existsSync(module)) return {}
  return { crew: { module, execArgv: [], url: databaseUrl, schemesDir } }
}

/** What was found of a whole installation or of a backup. */
export type Verified = Verification & {
  /** the newest checkpoint of each suite with enough cosignatures, as it is served */
  cosigned: ReadonlyMap<SuiteId, Uint8Array | null>
  /** keys that were taken from the data that is verified, and where they lay there */
  trusted: { key: string; place: string }[]
}

async function verified(
  db: Db,
  outside: Outside,
  progress: (done: number, total: number) => void,
  placeOf: (log: Verification['logs'][0]) => string | null,
): Promise<Verified> {
  const result = await verifyDatabase(db, outside, progress)
  const cosigned = new Map<SuiteId, Uint8Array | null>()
  for (const { suite } of result.logs) cosigned.set(suite, await cosignedNote(db, suiteNumber(suite)))
  const trusted = result.logs.flatMap(log => {
    const place = placeOf(log)
    return place === null ? [] : [{ key: log.key, place }]
  })
  return { ...result, cosigned, trusted }
}

/**
 * Makes a key for a log, or for a witness (one key for each role), in a file that only its owner may read, sealed where a
 * passphrase is given.
 * @returns the verifier key, as others get it
 * @throws in words where there is a file already: a key is never written over
 */
export async function makeLogKey(
  path: string,
  origin: string,
  suiteId: SuiteId,
  passphrase?: string,
  role: 'log' | 'witness' = 'log',
): Promise<string> {
  const crypto = await nodeCrypto()
  const cipher = suiteId === 'sm3-sm2' ? 'sm4-ctr-hmac-sm3' : 'aes-256-gcm'
  const lock = passphrase ? ({ passphrase, cipher } as const) : undefined
  const { logKey, cosignerKey } = suite(suiteId, crypto)
  return formatVerifierKey(createSigningKey(path, origin, role === 'log' ? logKey : cosignerKey, crypto, lock))
}

/**
 * Verifies the log in a backup, every event too: the backup is restored into an embedded database in a temporary folder.
 * Keys and the last published checkpoint are taken from the settings, as far as the backup reaches.
 * @param believing keys that are believed instead, and keys of witnesses
 * @param restoring told how far the backup is read and restored, before entries are
 * @throws BadBackup where the file is damaged
 */
export async function verifyBackupLog(
  config: Config,
  path: string,
  progress: (done: number, total: number) => void = () => {},
  believing: Believing = {},
  restoring: (phase: 'verify' | 'load', done: number, total: number) => void = () => {},
): Promise<Verified> {
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-verify-'))
  try {
    const { db } = await restoreBackup({
      path,
      open: () => openEmbedded(folder),
      config: null,
      migrations: readMigrations(MIGRATIONS),
      progress: restoring,
    })
    try {
      const outside = {
        ...(await outsideOf(config, believing)),
        ...crewOf({ databaseUrl: null, schemesDir: config.schemesDir }),
        // A backup is older than what has been published since.
        past: true,
      }
      return await verified(db, outside, progress, from => placeOfKey(config, from, false))
    } finally {
      await db.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ends the log of an installation that is stopped; see retireLog. A restore point of its database is kept before. */
export async function retireInstallation(
  config: Config,
  options: { newOrigin: string; reason: string },
): Promise<{ retired: Retired[]; restorePoint: string | null }> {
  const there = config.databaseUrl !== null || existsSync(join(config.dataDir, 'db', 'PG_VERSION'))
  const db = there
    ? config.databaseUrl
      ? await openPostgres(config.databaseUrl, 2)
      : await openEmbedded(config.dataDir)
    : null
  let restorePoint: string | null = null
  try {
    const retired = await retireLog(config, db, {
      ...options,
      async before(db) {
        if (config.restorePoints) restorePoint = await writeRestorePoint(db, config.restorePoints, 'before-retire')
        await migrate(db, readMigrations(MIGRATIONS))
      },
    })
    return { retired, restorePoint }
  } finally {
    await db?.close()
  }
}
