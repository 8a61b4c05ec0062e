import { existsSync, readFileSync } from 'node:fs'
import { ED25519, formatVerifierKey, parseCheckpoint, parseNote, SM2, type SuiteId, textOf } from '@yuanliu/core'
import type { Config } from '../lib/config.ts'
import { openEmbedded } from '../lib/db/embedded.ts'
import { openPostgres } from '../lib/db/postgres.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey } from '../lib/signing/signing-key.ts'
import { openCheckpointStore } from './checkpoint-store.ts'
import { keyPath } from './keys.ts'
import { type Outside, type Verification, verifyDatabase } from './verify.ts'

/** What the command line does with the log of an installation, without a running platform. */

export { nodeCrypto } from '../lib/signing/node-crypto.ts'

/**
 * Verifies an installation by its settings: the embedded database of DATA_DIR, which no process uses now, or the server
 * of DATABASE_URL. Keys and the last published checkpoint are taken from outside the database, where they are there.
 */
export async function verifyInstallation(
  config: Config,
  progress: (done: number, total: number) => void = () => {},
): Promise<Verification> {
  const db = config.databaseUrl ? await openPostgres(config.databaseUrl, 2) : await openEmbedded(config.dataDir)
  const remembered = await openCheckpointStore(config.checkpointStore ?? config.dataDir)
  try {
    const outside: Outside = {
      key(suite) {
        const path = keyPath(config, suite)
        if (!existsSync(path)) return null
        return (JSON.parse(readFileSync(path, 'utf8')) as { key: string }).key
      },
      async known(suite) {
        const note = await remembered.read(suite)
        return note ? [parseCheckpoint(textOf(parseNote(note).text))] : []
      },
    }
    return await verifyDatabase(db, outside, progress)
  } finally {
    await remembered.close()
    await db.close()
  }
}

/**
 * Makes a key for a log in a file that only its owner may read, sealed where a passphrase is given.
 * @returns the verifier key, as others get it
 * @throws in words where there is a file already: a key is never written over
 */
export async function makeLogKey(path: string, origin: string, suite: SuiteId, passphrase?: string): Promise<string> {
  const cipher = suite === 'sm3-sm2' ? 'sm4-ctr-hmac-sm3' : 'aes-256-gcm'
  const lock = passphrase ? ({ passphrase, cipher } as const) : undefined
  const algorithm = suite === 'sm3-sm2' ? SM2 : ED25519
  return formatVerifierKey(createSigningKey(path, origin, algorithm, await nodeCrypto(), lock))
}
