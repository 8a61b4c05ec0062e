import { PassThrough, type Readable } from 'node:stream'
import { Problem } from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import { writeBackup } from './write.ts'

export { BadBackup, type Header } from './format.ts'
export { type Restored, restoreBackup } from './restore.ts'
export { restorePointBeforeUpgrade, writeRestorePoint } from './restore-point.ts'

/** Backups of the running platform: docs/adr/0022. */
export interface Backups {
  /** A backup as it is at this moment, as it is being written. @throws Problem 503 while another one is */
  stream(): Readable
  /** Breaks off what is being written. */
  stop(): Promise<void>
}

export function createBackups(db: Db, log: (error: unknown, about: string) => void): Backups {
  let writing: Promise<void> | null = null
  const stopping = new AbortController()
  return {
    stream() {
      if (writing) throw new Problem('busy', { detail: 'A backup is being written 正在写备份', retryAfter: 30 })
      const out = new PassThrough()
      let gone = false
      out.once('close', () => {
        gone = !out.readableEnded
      })
      writing = writeBackup(db, out, () => {}, stopping.signal)
        .then(() => {})
        .catch((error: Error) => {
          // Who asked has gone away, or the process ends: nobody needs to hear of it.
          if (!gone && !stopping.signal.aborted) log(error, 'backup')
          out.destroy(error)
        })
        .finally(() => {
          writing = null
        })
      return out
    },
    async stop() {
      stopping.abort()
      await writing
    },
  }
}
