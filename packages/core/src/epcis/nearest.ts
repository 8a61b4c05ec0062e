/** Edits of one character that make `b` of `a`, ignoring case; anything above `most` counts as `most + 1`. */
function edits(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

/** The one of `known` that `text` is probably a misspelling of (one edit in short words, two in longer ones), or null. */
export function nearest(text: string, known: readonly string[]): string | null {
  const word = text.toLowerCase()
  if (word.length < 4 || word.length > 40) return null
  let best: string | null = null
  let least = word.length < 6 ? 2 : 3
  for (const candidate of known) {
    const distance = edits(word, candidate.toLowerCase(), least - 1)
    if (distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}
