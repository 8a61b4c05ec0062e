import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SuiteId } from '@yuanliu/core'
import { nodeCrypto } from '../../packages/server/src/lib/signing/node-crypto.ts'
import { readSigningKey } from '../../packages/server/src/lib/signing/signing-key.ts'
import { makeLogKey } from '../../packages/server/src/log/command.ts'
import type { LogKey } from '../../packages/server/src/log/keys.ts'
import { logSuite } from '../../packages/server/src/log/suites.ts'
import type { Database } from './database.ts'

export const ONE_SUITE: readonly SuiteId[] = ['sha256-ed25519']
export const BOTH_SUITES: readonly SuiteId[] = ['sha256-ed25519', 'sm3-sm2']

const FILES: Record<SuiteId, string> = { 'sha256-ed25519': 'log-key', 'sm3-sm2': 'log-sm-key' }
const ORIGINS: Record<SuiteId, string> = { 'sha256-ed25519': 'bench.example/log', 'sm3-sm2': 'bench.example/log/sm' }

/** On PostgreSQL a process that is to lead the log is given a key; the embedded database makes its own. */
export async function giveLogKey(database: Database, suites = ONE_SUITE): Promise<void> {
  if (database.kind !== 'postgresql') return
  for (const suite of suites) {
    const path = join(database.folder, FILES[suite])
    if (!existsSync(path)) await makeLogKey(path, ORIGINS[suite], suite)
  }
}

/** The keys of a database's log, for who runs its sequencer here. */
export async function readLogKeys(database: Database, suites: readonly SuiteId[]): Promise<LogKey[]> {
  const crypto = await nodeCrypto()
  return Promise.all(
    suites.map(async id => ({
      suite: logSuite(id, crypto),
      signer: await readSigningKey(join(database.folder, FILES[id]), crypto),
      next: null,
      missing: null,
    })),
  )
}
