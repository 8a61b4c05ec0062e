import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from './folder.ts'

/** Small files outside the database that remember what must not be forgotten, each replaced whole. */
export interface DurableFiles {
  /** where a file is, for messages */
  place(name: string): string
  /** Its bytes; null where there is none. */
  read(name: string): Promise<Uint8Array | null>
  /** Replaces it; on disk when it resolves. After an error the file is one of the two. */
  write(name: string, bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** What is done with files; tests let each step of it fail. */
export interface Files {
  open: (path: string, flags: string, mode?: number) => Promise<Pick<FileHandle, 'writeFile' | 'sync' | 'close'>>
  rename: (from: string, to: string) => Promise<void>
}

/**
 * Opens a folder of such files. It is held open: an input or output error of its own is reported to whoever holds it, and to
 * nobody else.
 * @param setting that names the folder, for messages
 * @throws in words where the folder cannot be used
 */
export async function openDurableFiles(
  folder: string,
  setting: string,
  files: Files = { open, rename },
): Promise<DurableFiles> {
  let directory: Awaited<ReturnType<Files['open']>>
  try {
    makeFolder(folder)
    directory = await files.open(folder, 'r')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`${setting}=${folder}: cannot be used (${code}) 检查点目录不可用`, { cause: error })
  }
  const place = (name: string) => join(folder, name)
  return {
    place,
    async read(name) {
      try {
        return await readFile(place(name))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    async write(name, bytes) {
      const draft = `${place(name)}.${process.pid}`
      const file = await files.open(draft, 'w', 0o644)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await files.rename(draft, place(name))
      if (process.platform !== 'win32') await directory.sync()
    },
    close: () => directory.close(),
  }
}
