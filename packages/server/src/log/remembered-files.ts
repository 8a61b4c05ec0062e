import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SuiteId } from '@yuanliu/core'
import { checkpointPath } from './checkpoint-store.ts'
import { type Retirement, readRetirements, retirementsPath } from './retirement.ts'

/** A signed note that is kept in a file. */
export interface FileNote {
  place: string
  suite: SuiteId
  /** null: the file is there and cannot be read */
  note: Uint8Array | null
  /** why it cannot be read */
  fault?: string
}

/** What a folder of checkpoints holds; read alone, nothing is made there. */
export interface RememberedFiles {
  /** the last checkpoint shown, of each suite that has one */
  checkpoints: FileNote[]
  /** last checkpoints of logs that have ended, set aside */
  setAside: FileNote[]
  retirements: { place: string; retired: Retirement[]; fault?: string }
}

const SUITES: readonly SuiteId[] = ['sha256-ed25519', 'sm3-sm2']

/** Reads a folder of checkpoints. What cannot be read is told as such, and never thrown. */
export function rememberedFiles(folder: string): RememberedFiles {
  const checkpoints = SUITES.flatMap(suite => noteIn(checkpointPath(folder, suite), suite))
  const setAside = SUITES.flatMap(suite => {
    const begin = `log-checkpoint.${suite}.retired-`
    return namesIn(folder).flatMap(name => (name.startsWith(begin) ? noteIn(join(folder, name), suite) : []))
  })
  const place = retirementsPath(folder)
  try {
    return { checkpoints, setAside, retirements: { place, retired: readRetirements(folder) } }
  } catch (error) {
    return { checkpoints, setAside, retirements: { place, retired: [], fault: (error as Error).message } }
  }
}

function noteIn(place: string, suite: SuiteId): FileNote[] {
  try {
    return [{ place, suite, note: readFileSync(place) }]
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? [] : [{ place, suite, note: null, fault: code ?? String(error) }]
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
