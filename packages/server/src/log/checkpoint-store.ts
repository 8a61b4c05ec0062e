import { join } from 'node:path'
import type { SuiteId } from '@yuanliu/core'
import { type Files, openDurableFiles } from '../lib/durable-files.ts'

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

const nameOf = (suite: SuiteId) => `log-checkpoint.${suite}`

/** The file of a suite in a folder of checkpoints. */
export function checkpointPath(folder: string, suite: SuiteId): string {
  return join(folder, nameOf(suite))
}

/** Opens the store in a folder. @throws in words where the folder cannot be used */
export async function openCheckpointStore(folder: string, steps?: Files): Promise<CheckpointStore> {
  const files = await openDurableFiles(folder, 'CHECKPOINT_STORE', steps)
  return {
    place: suite => files.place(nameOf(suite)),
    read: suite => files.read(nameOf(suite)),
    write: (suite, note) => files.write(nameOf(suite), note),
    close: files.close,
  }
}
