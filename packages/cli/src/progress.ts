import type { Out } from './shell.ts'

export interface Progress {
  /** moves on to `done` of the total */
  at(done: number, label: string): void
  /** takes the bar away, so that a line can be printed; the next `at` draws it again */
  clear(): void
}

const BAR = 24
/** Redrawing more often is not seen. */
const REDRAW_MS = 80

/** A bar on a terminal; nothing elsewhere, where the lines of results are the progress. */
export function createProgress(out: Out, total: number): Progress {
  if (!out.isTTY) return { at() {}, clear() {} }
  let shown = false
  let last = 0
  return {
    at(done, label) {
      if (shown && Date.now() - last < REDRAW_MS) return
      last = Date.now()
      shown = true
      const share = total > 0 ? Math.min(done / total, 1) : 1
      const filled = Math.round(share * BAR)
      const head = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${String(Math.floor(share * 100)).padStart(3)}% `
      // Half the columns that are left: a Chinese character takes two.
      const room = Math.max(0, Math.floor(((out.columns ?? 80) - BAR - 8) / 2))
      out.write(`\r\x1b[2K${head}${label.replace(/\p{Cc}/gu, '').slice(-room || label.length)}`)
    },
    clear() {
      if (shown) out.write('\r\x1b[2K')
      shown = false
    },
  }
}
