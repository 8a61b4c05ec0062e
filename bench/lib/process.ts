import { readFileSync, writeFileSync } from 'node:fs'

const KIBI_PER_MEGA = 1024 / 1_000_000

/** Resident memory of a process in MB (10⁶ bytes); null where the system does not tell. */
export function residentMb(pid: number): number | null {
  return statusMb(pid, 'VmRSS')
}

/** Largest resident memory of a process since its start or since `resetPeak`, in MB. */
export function peakMb(pid: number): number | null {
  return statusMb(pid, 'VmHWM')
}

/** Lets the peak begin again at what is resident now (proc(5), clear_refs). */
export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Not Linux, or not ours: peakMb then says null or the peak since the start.
  }
}

function statusMb(pid: number, name: string): number | null {
  try {
    const kibi = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kibi === undefined ? null : Number(kibi) * KIBI_PER_MEGA
  } catch {
    return null
  }
}

const TICK_MICROS = 10_000

/** Processor time that a process and its threads have used, in µs, in steps of 10 ms; null where the system does not tell. */
export function cpuMicros(pid: number): number | null {
  try {
    // The name of the program, in parentheses, may hold spaces: count the fields from behind it (proc(5), stat).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS
  } catch {
    return null
  }
}
