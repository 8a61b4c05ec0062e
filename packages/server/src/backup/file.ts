import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { makeFolder } from '../lib/folder.ts'

/**
 * Writes a file that only its owner may read: beside its place, synced, and moved there when `write` has ended it and
 * `check` has found it good.
 * @returns what `check` gives
 * @throws what either throws, after removing what was written
 */
export async function writeWhole<T = void>(
  path: string,
  write: (out: Writable) => Promise<unknown>,
  check: (draft: string) => Promise<T> = async () => undefined as T,
): Promise<T> {
  makeFolder(dirname(path))
  const draft = `${path}.part`
  await rm(draft, { force: true })
  try {
    await write(createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }))
    const checked = await check(draft)
    await rename(draft, path)
    await syncFolder(dirname(path))
    return checked
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
