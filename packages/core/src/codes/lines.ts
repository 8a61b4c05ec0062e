import type { Layout } from './layout.ts'

/** Codes of several lines: `\n` in a layout. However a scanner breaks lines or pads them, they are the same code. */

/** What shows a line's end: LF, CR, both, and the separators of Unicode. */
export const isBreak = (c: number) => c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029
/** Blanks within a line, and marks that nobody sees. */
export const isBlank = (c: number) => c === 32 || c === 9 || c === 11 || c === 12 || c === 0xa0 || c === 0x3000
export const isUnseen = (c: number) => c === 0xfeff || (c >= 0x200b && c <= 0x200f)

/**
 * The lines of text[from…until) joined by LF: blanks around them and empty lines dropped, blanks between words one
 * space.
 * @param change what becomes of a character, '' where it is dropped
 * @param places index in the text of each character of the result
 */
export function cleanLines(
  text: string,
  from: number,
  until: number,
  places: number[] | null,
  change: (index: number) => string,
): string {
  let value = ''
  let blankAt = -1
  let breakAt = -1
  let empty = true
  for (let i = from; i < until; i++) {
    const c = text.charCodeAt(i)
    if (isUnseen(c)) continue
    if (isBreak(c)) {
      if (!empty && breakAt < 0) breakAt = i
      blankAt = -1
      continue
    }
    if (isBlank(c)) {
      if (!empty && breakAt < 0 && blankAt < 0) blankAt = i
      continue
    }
    const char = change(i)
    if (char === '') continue
    if (breakAt >= 0) {
      value += '\n'
      places?.push(breakAt)
    } else if (blankAt >= 0) {
      value += ' '
      places?.push(blankAt)
    }
    blankAt = -1
    breakAt = -1
    empty = false
    value += char
    for (let n = 0; n < char.length; n++) places?.push(i)
  }
  return value
}

/** How many line breaks the codes of a layout have. */
export function breaksOf({ steps }: Layout): number {
  return steps.reduce((sum, { literal }) => sum + (literal ?? '').split('\n').length - 1, 0)
}
