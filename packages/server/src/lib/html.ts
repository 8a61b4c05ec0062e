const MADE = Symbol('html')

/** Text that is markup already. Only `html` makes it, so nothing from outside can pose as such. */
export interface Html {
  readonly [MADE]: string
}
export type Slot = Html | string | number | null | undefined | false | readonly Slot[]

/** Markup with values escaped; made markup and lists of it are put in as they are; null, undefined and false are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Slot[]): Html {
  let text = strings[0] ?? ''
  for (let i = 0; i < values.length; i++) text += render(values[i]) + (strings[i + 1] ?? '')
  return { [MADE]: text }
}

/** The markup itself, for the answer's body. */
export function markup(page: Html): string {
  return page[MADE]
}

/** Constant markup of our own: styles, drawings. Never for anything that came from outside. */
export function constant(text: string): Html {
  return { [MADE]: text }
}

function render(value: Slot): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  if (MADE in value) return value[MADE]
  let text = ''
  for (const part of value) text += render(part)
  return text
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
// Characters that turn the direction of text could make a code read as another one; others do not show at all.
const HIDDEN = /(?![\t\n\r\u200c\u200d])[\p{Cc}\p{Cf}]/gu

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, c => ESCAPES[c] as string).replace(HIDDEN, '\ufffd')
}
