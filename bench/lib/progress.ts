const began = Date.now()

/** Says on standard error what is going on: the table alone is on standard output. */
export function progress(text: string): void {
  const seconds = Math.round((Date.now() - began) / 1000)
  process.stderr.write(`[${String(seconds).padStart(4)} s] ${text}\n`)
}

/** Minutes since the run began. */
export function minutesGone(): number {
  return (Date.now() - began) / 60_000
}
