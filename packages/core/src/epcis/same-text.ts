/**
 * `a === b` for codes of one kind: those that differ do so at the end mostly, and engines take long to compare texts that
 * are parts or sums of others.
 */
export function isSameText(a: string, b: string): boolean {
  const last = a.length - 1
  return last === b.length - 1 && (last < 0 || a.charCodeAt(last) === b.charCodeAt(last)) && a === b
}
