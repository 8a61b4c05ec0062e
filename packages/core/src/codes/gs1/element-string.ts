import { aiAt } from './ai-table.ts'
import { FNC1, type Gs1Element } from './element.ts'

/** GS1 element strings taken apart: identifiers and their values, in brackets as printed or bare as scanned. */

export { FNC1 }
export type Element = Gs1Element

/**
 * Elements of a bare string text[from…), or the index at which it stops being one. Values are cut, not judged: one of
 * predefined length after so many characters, any other at the next separator (General Specifications §7.8).
 */
export function bareElements(text: string, from: number, separator = FNC1): Element[] | number {
  const elements: Element[] = []
  let at = from
  while (at < text.length) {
    if (text[at] === separator) {
      at++
      continue
    }
    const ai = aiAt(text, at)
    if (!ai) return at
    const value = at + ai.ai.length
    const stop = text.indexOf(separator, value)
    const end = stop < 0 ? text.length : stop
    const until = ai.fixed ? Math.min(value + ai.max, end) : end
    elements.push({ ai: ai.ai, value: text.slice(value, until), at: value })
    at = until
  }
  return elements
}

/**
 * Elements of a string with identifiers in brackets, or the index at which it stops being one. A bracket within a value
 * may be written `\(`; it has to be where it would else be read as an identifier.
 */
export function bracketedElements(text: string, from: number): Element[] | number {
  const elements: Element[] = []
  let start = aiEnd(text, from)
  if (start < 0) return from
  let ai = text.slice(from + 1, start - 1)
  let open = start
  for (;;) {
    open = text.indexOf('(', open)
    const next = open < 0 || text[open - 1] === '\\' ? -1 : aiEnd(text, open)
    if (next < 0 && open >= 0) {
      open++
      continue
    }
    elements.push({ ai, value: plain(text.slice(start, open < 0 ? text.length : open)), at: start })
    if (open < 0) return elements
    ai = text.slice(open + 1, next - 1)
    start = next
    open = next
  }
}

/** Index behind `(…)` around two to four digits at an index, −1 where there is no such thing. */
function aiEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== 40) return -1
  let end = at + 1
  for (let c = text.charCodeAt(end); c >= 48 && c <= 57 && end <= at + 4; c = text.charCodeAt(++end));
  return end >= at + 3 && text.charCodeAt(end) === 41 ? end + 1 : -1
}

const plain = (value: string) => (value.includes('\\(') ? value.replaceAll('\\(', '(') : value)
