/** Values that a part may have, told by its characters where that is quicker than by the text cut out. */

/** Numbers of more digits would need too large a table. */
const MOST_DIGITS = 4

/** Whether text[from…until) is one of these values. */
export function oneOf(values: readonly string[]): (text: string, from: number, until: number) => boolean {
  const [first = ''] = values
  if (values.length === 1) return (text, from, until) => until - from === first.length && text.startsWith(first, from)
  const { length } = first
  if (length > 0 && length <= MOST_DIGITS && values.every(value => value.length === length && /^[0-9]+$/.test(value))) {
    return oneOfNumbers(values, length)
  }
  const known = new Set(values)
  return (text, from, until) => known.has(text.slice(from, until))
}

function oneOfNumbers(values: readonly string[], length: number) {
  const known = new Uint8Array(10 ** length)
  for (const value of values) known[Number(value)] = 1
  return (text: string, from: number, until: number) => {
    if (until - from !== length) return false
    let number = 0
    for (let i = from; i < until; i++) {
      const digit = text.charCodeAt(i) - 48
      if (!(digit >= 0 && digit <= 9)) return false
      number = number * 10 + digit
    }
    return known[number] === 1
  }
}
