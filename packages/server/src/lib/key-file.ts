import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './folder.ts'

/**
 * Writes a secret to a file that only its owner may read, in place of what was there; on disk when it returns.
 * The text is never in a file with wider permissions, not even for a moment.
 */
export function writeKeyFile(path: string, text: string): void {
  renameSync(writeDraft(path, text), path)
}

/** The same where nothing was there; false, and nothing changed, if something was. Of two at once one succeeds. */
export function createKeyFile(path: string, text: string): boolean {
  const draft = writeDraft(path, text)
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(dirname(path))
  return true
}

function writeDraft(path: string, text: string): string {
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
  return draft
}

/** A new name is on disk once its folder is; where folders cannot be opened (Windows), the system sees to it. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
