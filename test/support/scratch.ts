import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
const GIB = 1024 ** 3
/** bytes that a run must find free, in the file system and in memory; it uses less than a quarter of them at a time */
const ROOM = 6 * GIB

/**
 * Makes the run's temporary folder one in memory, where the machine has one with room: databases of tests are copied,
 * synced and thrown away all the time, and what a test proves about a killed process holds in either place, since the
 * files outlive it. Removed when the run ends. Leaves a TMPDIR that is set as it is.
 */
export function useMemory(): void {
  if (process.env.TMPDIR || !hasRoom()) return
  const folder = mkdtempSync(join(MEMORY, 'yuanliu-tests-'))
  process.env.TMPDIR = folder
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
}

function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return Math.min(bavail * bsize, freemem()) >= ROOM
  } catch {
    return false // no such folder, or not ours to write to
  }
}
