import { allDigits } from './charset.ts'

/** GS1 element strings: application identifiers and their values, in brackets as printed or bare as scanned. */

/** One element: its value and where that begins in the text. */
export interface Element {
  ai: string
  value: string
  at: number
}

export const FNC1 = '\u001d'

/**
 * Digits of an application identifier by its first two (General Specifications §3.2 lists them; they never change for
 * what is assigned). Not there: nothing is assigned.
 */
function aiDigits(two: number): number {
  if (two <= 4 || (two >= 10 && two <= 22) || two === 30 || two === 37 || two >= 90) return 2
  if ((two >= 23 && two <= 25) || (two >= 40 && two <= 42) || two === 71) return 3
  if ((two >= 31 && two <= 36) || two === 39 || two === 43 || two === 70 || two === 72) return 4
  return two >= 80 && two <= 82 ? 4 : 0
}

/** Length of element strings of predefined length, identifier included, by first two digits (§7.8); 0: up to FNC1. */
function predefined(two: number): number {
  if (two === 0) return 20
  if (two <= 3) return 16
  if (two === 4) return 18
  if (two >= 11 && two <= 19) return 8
  if (two === 20) return 4
  if (two >= 31 && two <= 36) return 10
  return two === 41 ? 16 : 0
}

/** Elements of a bare string text[from…), or the index at which it stops being one. */
export function bareElements(text: string, from: number): Element[] | number {
  const elements: Element[] = []
  let at = from
  while (at < text.length) {
    if (text[at] === FNC1) {
      at++
      continue
    }
    if (at + 2 > text.length || !allDigits(text, at, at + 2)) return at
    const two = Number(text.slice(at, at + 2))
    const digits = aiDigits(two)
    if (digits === 0 || at + digits > text.length || !allDigits(text, at, at + digits)) return at
    const value = at + digits
    const fnc1 = text.indexOf(FNC1, value)
    const end = fnc1 < 0 ? text.length : fnc1
    const length = predefined(two)
    const until = length > 0 ? Math.min(at + length, end) : end
    elements.push({ ai: text.slice(at, value), value: text.slice(value, until), at: value })
    at = until
  }
  return elements
}

/** Elements of a string with identifiers in brackets, or the index at which it stops being one. */
export function bracketedElements(text: string, from: number): Element[] | number {
  const elements: Element[] = []
  const marks = /\((\d{2,4})\)/g
  marks.lastIndex = from
  let last: { ai: string; at: number } | null = null
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (last) elements.push({ ...last, value: text.slice(last.at, mark.index) })
    else if (mark.index !== from) return from
    last = { ai: mark[1]!, at: mark.index + mark[0].length }
  }
  if (!last) return from
  elements.push({ ...last, value: text.slice(last.at) })
  return elements
}
