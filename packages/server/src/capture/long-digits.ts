/** Digits that a double holds whatever they are. */
const DOUBLE = 15
const NUMBER = /^[+-]?[\d.]+$/

/**
 * Texts of an event that look like numbers and have more digits than a double holds, in order: the CBV hash reads them as
 * doubles, so to it two codes of twenty digits may be one. Empty for nearly every event.
 */
export function longDigits(event: unknown): string[] {
  const found: string[] = []
  collect(event, found)
  return found.sort()
}

function collect(value: unknown, into: string[]): void {
  if (typeof value === 'string') {
    const text = value.length > DOUBLE ? value.trim() : ''
    if (NUMBER.test(text) && text.replace(/\D/g, '').length > DOUBLE) into.push(text)
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, into)
  }
}
