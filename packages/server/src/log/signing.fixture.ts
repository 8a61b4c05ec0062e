import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ED25519, SM2 } from '@yuanliu/core'
import type { NodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey } from '../lib/signing/signing-key.ts'

/** Keys of a log in files, as an operator mounts them; settings that name them; the verifier key of the first. */
export function logKeyFolder(origin: string, crypto: NodeCrypto) {
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-log-keys-'))
  const env = { LOG_KEY_FILE: join(folder, 'log-key'), LOG_SM_KEY_FILE: join(folder, 'log-sm-key') }
  const key = createSigningKey(env.LOG_KEY_FILE, origin, ED25519, crypto)
  createSigningKey(env.LOG_SM_KEY_FILE, `${origin}/sm`, SM2, crypto)
  return { env, key, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
