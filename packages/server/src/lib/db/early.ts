import type { Db } from './db.ts'
import { openEmbedded } from './embedded.ts'

/** An embedded database that is being opened. */
export interface Opening {
  /** rejected, in words, as `openEmbedded` says */
  readonly db: Promise<Db>
  /** Who is told, once, if its thread ends without having been asked to; at once where that has happened. */
  onLost(tell: (error: Error) => void): void
  /** Closes it when it is open; never throws. */
  giveUp(): Promise<void>
}

/** Begins to open the embedded database: a thread of its own does it, and the caller may go on meanwhile. */
export function beginEmbedded(folder: string): Opening {
  let lost: Error | null = null
  let tell: ((error: Error) => void) | null = null
  const db = openEmbedded(folder, error => {
    lost = error
    tell?.(error)
  })
  // Whoever waits for it later hears of it; until then nobody does.
  db.catch(() => {})
  return {
    db,
    onLost(listener) {
      tell = listener
      if (lost) listener(lost)
    },
    giveUp: () => db.then(opened => opened.close()).catch(() => {}),
  }
}
