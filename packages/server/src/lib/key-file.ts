import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './folder.ts'

/**
 * Writes a secret to a file that only its owner may read, in place of what was there; on disk when it returns.
 * The text is never in a file with wider permissions, not even for a moment.
 */
export function writeKeyFile(path: string, text: string): void {
  makeFolder(dirname(path))
  const draft = `${path}.${process.pid}`
  rmSync(draft, { force: true })
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${text}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
}
