import { aiOf } from './ai-table.ts'
import { type Gs1Element, type Gs1Fault, gs1Fault } from './element.ts'
import { judged } from './elements.ts'
import { escapeUri } from './percent.ts'

/** Digital Link URIs written (GS1 Digital Link: URI Syntax). */

export interface LinkForm {
  /** scheme, host and path prefix; `https://id.gs1.org` unless told */
  stem?: string
  /** parameters of the query that are none of GS1's, as they are to stand */
  extra?: readonly string[]
  /** with its `#` */
  fragment?: string
}

type Pair = Pick<Gs1Element, 'ai' | 'value'>

/**
 * Writes elements as a link: the first key among them and its qualifiers in the path, the rest in the query, those of
 * predefined length first. A fault names the element; its place counts within the value.
 */
export function writeDigitalLink(
  elements: readonly Pair[],
  { stem = 'https://id.gs1.org', extra = [], fragment = '' }: LinkForm = {},
): { ok: true; text: string } | Gs1Fault {
  const checked = judged(
    elements.map(({ ai, value }) => ({ ai, value, at: 0 })),
    {},
  )
  if (!checked.ok) return checked
  const split = pathAndQuery(checked.elements)
  if ('ok' in split) return split
  const path = split.path.map(({ ai, value }) => `/${ai}/${escapeUri(value)}`).join('')
  const query = [...split.query.map(({ ai, value }) => `${ai}=${escapeUri(value)}`), ...extra].join('&')
  return { ok: true, text: stem.replace(/\/$/, '') + path + (query === '' ? '' : `?${query}`) + fragment }
}

/** Which elements go where: the key's order that takes most of them and leaves none that may not stand in the query. */
export function pathAndQuery<T extends Pair>(elements: readonly T[]): { path: T[]; query: T[] } | Gs1Fault {
  const key = elements.find(({ ai }) => aiOf(ai)?.sequences)
  if (!key) {
    return gs1Fault('component', 0, { zh: '没有可作网址的 GS1 标识代码', en: 'none of the elements is a key of links' })
  }
  let best: T[] | null = null
  let stray: T | undefined
  for (const sequence of aiOf(key.ai)!.sequences!) {
    const qualifiers = sequence.flatMap(ai => elements.filter(element => element.ai === ai))
    const left = elements.find(e => e !== key && !qualifiers.includes(e) && !aiOf(e.ai)!.attribute)
    if (left) stray ??= left
    else if (!best || qualifiers.length > best.length) best = qualifiers
  }
  if (!best) {
    const { ai } = stray!
    return gs1Fault('component', 0, {
      ai,
      zh: `不能与 (${key.ai}) 写在同一个网址里`,
      en: `cannot stand in a link beside (${key.ai})`,
    })
  }
  const path = [key, ...best]
  const query = elements.filter(element => !path.includes(element))
  const fixed = ({ ai }: T) => aiOf(ai)!.fixed
  return { path, query: [...query.filter(fixed), ...query.filter(element => !fixed(element))] }
}
