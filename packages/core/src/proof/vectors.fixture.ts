import { readdirSync, readFileSync } from 'node:fs'
import { VECTORS_THERE, vectors } from '../codes/vectors.fixture.ts'

export { VECTORS_THERE } from '../codes/vectors.fixture.ts'

const FOLDER = new URL('../../../../../shared/vectors/trust-log/', import.meta.url)

/** A vector file of the trust log; `absent` where the folder is not there (its tests are then skipped). */
export function logVectors<T>(path: string, absent: T): T {
  return vectors(`trust-log/${path}`, absent)
}

export function logBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, FOLDER)))
}

export function logFiles(folder: string): string[] {
  return VECTORS_THERE ? readdirSync(new URL(`${folder}/`, FOLDER), { recursive: true, encoding: 'utf8' }) : []
}
