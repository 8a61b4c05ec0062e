import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from './failure.ts'

export interface Found {
  /** as given, or below the folder that was given */
  path: string
  bytes: number
}

/**
 * The files named, and within folders every `*.json`, `*.jsonld` and `*.xml`, in the order of names: which of two documents comes
 * first decides a conflict, so a second run must see the same order.
 * @throws Failure for a path that is not there
 */
export async function findFiles(paths: readonly string[]): Promise<Found[]> {
  const found: Found[] = []
  for (const path of paths) found.push(...(await below(path, true)))
  return found
}

async function below(path: string, given: boolean): Promise<Found[]> {
  try {
    const about = await stat(path)
    if (!about.isDirectory()) return given || /\.(?:json(?:ld)?|xml)$/i.test(path) ? [{ path, bytes: about.size }] : []
    const names = (await readdir(path)).sort()
    const found: Found[] = []
    for (const name of names) found.push(...(await below(join(path, name), false)))
    return found
  } catch (error) {
    if (error instanceof Failure) throw error
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'ENOENT' && !given) return [] // a link that leads nowhere
    throw code === 'ENOENT' ? new Failure('noSuchPath', { path }) : new Failure('unreadable', { path, code })
  }
}
