/** The members of an object of a data file. @throws Error naming the place */
export function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${at}: not an object`)
  return value as Record<string, unknown>
}

/** A list of a data file. @throws Error naming the place */
export function list(value: unknown, at: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${at}: not a list`)
  return value
}

/** A text of a data file, not empty. @throws Error naming the place */
export function text(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`${at}: not a text`)
  return value
}
