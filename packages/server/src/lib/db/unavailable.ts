/** The database cannot answer now; what was asked may or may not have been done. Callers are answered 503. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause })
    this.name = 'DatabaseUnavailable'
  }
}

// SQLSTATE classes: 08 connection, 53 resources (disk full, too many connections), 57 operator (shutdown, cancel);
// 40001 and 40P01 are transactions that gave way to another one.
const STATES = /^(08|53|57)...$|^40001$|^40P01$/
const SYSTEM = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)$/
// What the driver says without a code.
const DRIVER =
  /^(Connection terminated|timeout exceeded|timeout expired|Client (has encountered|was closed)|Cannot use a pool)/

/** Runs a question; throws `DatabaseUnavailable` for an error that says that nobody answered. */
export async function reach<T>(question: Promise<T>): Promise<T> {
  try {
    return await question
  } catch (error) {
    throw isUnavailable(error) ? new DatabaseUnavailable(error) : error
  }
}

function isUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  const { code, message, severity } = error as { code?: string; message?: string; severity?: string }
  if (severity === 'PANIC' || severity === 'FATAL') return true
  return STATES.test(code ?? '') || SYSTEM.test(code ?? '') || DRIVER.test(message ?? '')
}

/** One line about an error; a failed connection to a name with several addresses has no message of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
