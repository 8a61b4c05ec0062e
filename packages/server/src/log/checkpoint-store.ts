import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { SuiteId } from '@yuanliu/core'
import { makeFolder } from '../lib/folder.ts'

/** Remembers outside the database what has been published: a file for each suite, the signed checkpoint as it is. */
export interface CheckpointStore {
  /** where the file of a suite is, for messages */
  place(suite: SuiteId): string
  /** The checkpoint remembered; null where there is none. */
  read(suite: SuiteId): Promise<Uint8Array | null>
  /** Replaces it; on disk when it resolves. After an error the file is one of the two, and nothing may be published. */
  write(suite: SuiteId, note: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** The file of a suite in a folder of checkpoints. */
export function checkpointPath(folder: string, suite: SuiteId): string {
  return join(folder, `log-checkpoint.${suite}`)
}

/**
 * Opens the store in a folder. The folder is held open: an input or output error of its own is reported to whoever
 * holds it, and to nobody else.
 * @throws in words where the folder cannot be written
 */
export async function openCheckpointStore(folder: string): Promise<CheckpointStore> {
  let directory: FileHandle
  try {
    makeFolder(folder)
    directory = await open(folder, 'r')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`CHECKPOINT_STORE=${folder}: cannot be used (${code}) 检查点目录不可用`, { cause: error })
  }
  const place = (suite: SuiteId) => checkpointPath(folder, suite)
  return {
    place,
    async read(suite) {
      try {
        return await readFile(place(suite))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    async write(suite, note) {
      const draft = `${place(suite)}.${process.pid}`
      const file = await open(draft, 'w', 0o644)
      try {
        await file.writeFile(note)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, place(suite))
      if (process.platform !== 'win32') await directory.sync()
    },
    close: () => directory.close(),
  }
}
