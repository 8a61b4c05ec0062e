import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatVerifierKey, parseVerifierKey, type SuiteId, type VerifierKey } from '@yuanliu/core'

/** What a monitor keeps, in files of its folder (docs/ops/log.md). Names of files are hashes: origins are addresses. */

/** Why a checkpoint is kept as evidence; the end of its file's name. */
export type Evidence = 'forked' | 'shrunk' | 'refused' | 'otherkey'

/** What is kept of one log. */
export interface KeptLog {
  /** the newest good checkpoint */
  path: string
  newest(): Uint8Array | null
  /** The key that signed it; null before the first. */
  key(): VerifierKey | null
  /** Keeps a good checkpoint as the newest, and as that of its size. */
  keep(note: Uint8Array, size: bigint, key: VerifierKey): void
  /** Keeps a checkpoint that is not believed, beside those that others of its kind left. @returns its file */
  accuse(note: Uint8Array, why: Evidence): string
}

export function keptLog(dir: string, origin: string): KeptLog {
  const path = join(dir, shortHash(origin))
  return {
    path: `${path}.checkpoint`,
    newest: () => read(`${path}.checkpoint`),
    key() {
      const text = read(`${path}.key`)?.toString('utf8').trim()
      return text ? parseVerifierKey(text) : null
    },
    keep(note, size, key) {
      mkdirSync(`${path}.seen`, { recursive: true })
      write(join(`${path}.seen`, `${size}.checkpoint`), note)
      write(`${path}.key`, formatVerifierKey(key))
      write(`${path}.checkpoint`, note)
    },
    accuse(note, why) {
      const file = `${path}-${shortHash(note).slice(0, 8)}.${why}`
      write(file, note)
      return file
    },
  }
}

/** Which logs an address has listed. */
export interface KeptList {
  path: string
  read(): { suite: SuiteId; origin: string }[]
  write(logs: readonly { suite: SuiteId; origin: string }[]): void
}

export function keptList(dir: string, address: string): KeptList {
  const path = join(dir, `${shortHash(address)}.logs`)
  return {
    path,
    read() {
      const lines = read(path)?.toString('utf8').split('\n') ?? []
      return lines.filter(Boolean).map(line => {
        const [suite, origin = ''] = line.split(' ')
        return { suite: suite as SuiteId, origin }
      })
    },
    write: logs => write(path, logs.map(({ suite, origin }) => `${suite} ${origin}\n`).join('')),
  }
}

const shortHash = (what: string | Uint8Array) => createHash('sha256').update(what).digest('hex').slice(0, 16)

function read(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Moved into place, so that what is kept is never half of a file. */
function write(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.new`, content)
  renameSync(`${path}.new`, path)
}
