import { resolve } from 'node:path'
import type { SuiteId } from '@yuanliu/core'
import { print, type Shell, say } from './shell.ts'

/** Makes a key file for a log, or for a witness of logs; the verifier key alone on stdout. @throws Error in words */
export async function makeKey(
  shell: Shell,
  file: string,
  { origin, suite = 'sha256-ed25519', witness = false }: { origin: string; suite?: SuiteId; witness?: boolean },
): Promise<number> {
  const { makeLogKey } = await import('@yuanliu/server/log')
  const path = resolve(file)
  const key = await makeLogKey(
    path,
    origin,
    suite,
    shell.env.LOG_KEY_PASSPHRASE || undefined,
    witness ? 'witness' : 'log',
  )
  print(shell.stderr, say(shell, 'logKeyMade', { path }))
  print(shell.stdout, key)
  return 0
}
