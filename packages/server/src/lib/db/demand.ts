// SQLSTATE division_by_zero: no other statement of ours divides by what may be zero.
const UNMET = '22012'

/**
 * Whether a statement failed because something that it demands does not hold. What is sent whole (`Db.atOnce`) is
 * committed before anybody looks at its answers: a condition is a part of the statement, `1 / (…)::int` with a boolean
 * between, and the error undoes everything.
 */
export function isUnmet(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === UNMET
}
