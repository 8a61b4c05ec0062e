import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeLogKey } from '../../packages/server/src/log/command.ts'
import type { Database } from './database.ts'

/** On PostgreSQL a process that is to lead the log is given a key; the embedded database makes its own. */
export async function giveLogKey(database: Database): Promise<void> {
  const path = join(database.folder, 'log-key')
  if (database.kind === 'postgresql' && !existsSync(path)) await makeLogKey(path, 'bench.example/log', 'sha256-ed25519')
}
