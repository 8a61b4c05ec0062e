import { existsSync, readFileSync } from 'node:fs'

/** Shared test vectors lie beside the project; they are not part of it. */
const FOLDER = new URL('../../../../../shared/vectors/', import.meta.url)
export const VECTORS_THERE = existsSync(FOLDER)

/** A vector file, or `absent` where the folder is not there (its tests are then skipped). */
export function vectors<T>(path: string, absent: T): T {
  return VECTORS_THERE ? (JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T) : absent
}

export function vectorText(path: string): string {
  return VECTORS_THERE ? readFileSync(new URL(path, FOLDER), 'utf8') : ''
}
