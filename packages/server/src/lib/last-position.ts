import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from './folder.ts'

/** How often the position is written down while it moves. */
const WRITE_MS = 5_000

export interface LastPosition {
  /** Writes the position down for the last time. */
  close(): Promise<void>
}

/**
 * Remembers outside the database how far its log had come, so that a database that was put back by an older copy, or
 * lost its end in a power cut, is noticed before anything new is written on top.
 * The file `<folder>/last-position` is JSON: identity of a database → its last capture position; synced on writing.
 * Throws in words when the log is shorter than what was written down.
 * @param identity tells this database from others that the folder was used with
 */
export async function openLastPosition(
  folder: string,
  identity: string,
  position: () => Promise<number>,
  log: (error: unknown, about: string) => void,
): Promise<LastPosition> {
  try {
    makeFolder(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`DATA_DIR=${folder}: cannot be written (${code}) 数据目录不可写`, { cause: error })
  }
  const path = join(folder, 'last-position')
  const known = await readPositions(path)
  const before = known[identity] ?? 0
  const now = await position()
  if (now < before) {
    throw new Error(
      `The log of this database ends at position ${now}, but ${path} remembers ${before}: ` +
        `${before - now} events that had been acknowledged are missing. Has an older copy been put back, or the disk lost what it had promised? ` +
        'Restore a newer copy; or, where the shorter log is meant, remove that file and start again. 数据库日志比记录的位置短，已停止启动。',
    )
  }
  let written = before
  let writing = Promise.resolve()

  async function write(): Promise<void> {
    const reached = await position()
    if (reached === written) return
    await writeSynced(folder, path, JSON.stringify({ ...(await readPositions(path)), [identity]: reached }))
    written = reached
  }
  /** One after the other, so that an older position is never written over a newer one. */
  function next(): Promise<void> {
    writing = writing.then(write).catch(error => log(error, 'last-position'))
    return writing
  }
  const timer = setInterval(() => void next(), WRITE_MS)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      await next()
    },
  }
}

/** The largest capture position that a folder remembers, of any database; 0 where it remembers none. */
export async function rememberedPosition(folder: string): Promise<number> {
  return Math.max(0, ...Object.values(await readPositions(join(folder, 'last-position'))))
}

async function readPositions(path: string): Promise<Record<string, number>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return value && typeof value === 'object' ? (value as Record<string, number>) : {}
  } catch (error) {
    // Torn by a power cut it would be no JSON: nothing is remembered then, which stops nobody.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return {}
    throw error
  }
}

/** Replaces a file at once and for good: written beside it, synced, moved over, the folder synced. */
async function writeSynced(folder: string, path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(`${text}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
