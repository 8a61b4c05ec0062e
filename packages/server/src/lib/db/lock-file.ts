import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/**
 * Takes `<folder>/lock` for this process, so that no second one opens the same embedded database.
 * A lock whose process is gone (crash, kill) is taken over. Returns the function that gives it back.
 * Throws an error in words when a living process holds it.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock')
  const mine = `${process.pid} ${startTime(process.pid)} ${hostname()} ${randomUUID()}\n`
  const draft = `${path}.${process.pid}.${randomUUID()}`
  writeFileSync(draft, mine, { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(draft, path) // atomic: fails when the lock exists
        return () => {
          if (read(path) === mine) rmSync(path, { force: true })
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const held = read(path)
      if (held === null) continue
      const holder = livingHolder(held)
      if (holder) {
        throw new Error(
          `The data folder ${folder} is in use by another process (${holder}). ` +
            'Stop it first, or give this one another DATA_DIR. 数据目录正被另一进程使用。',
        )
      }
      removeStale(path, held)
    }
    throw new Error(`The data folder ${folder} cannot be locked: other processes keep taking the lock`)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Moves a dead lock away; if it turned out to be another, living one, puts it back. */
function removeStale(path: string, judged: string): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  if (read(aside) !== judged) {
    try {
      linkSync(aside, path)
    } catch {
      // a third process has taken it: it decides
    }
  }
  rmSync(aside, { force: true })
}

function livingHolder(lock: string): string | null {
  const [pid, started, host] = lock.trim().split(' ')
  if (!pid || !started || !host) return null // what a power cut left of it
  if (host !== hostname()) return `process ${pid} on ${host}; if that machine is gone, remove the file "lock"`
  const id = Number(pid)
  if (!Number.isInteger(id) || id <= 0) return null
  try {
    process.kill(id, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null
  }
  // The number may have been given to another process since: compare start times where the system tells.
  const now = startTime(id)
  return started === now ? `process ${pid}` : null
}

/** Start time of a process in clock ticks since boot, with the boot's id; '-' where the system does not tell. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}@${boot}`
  } catch {
    return '-'
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
