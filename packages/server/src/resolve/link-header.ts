import type { WebLink } from './choose.ts'

/** Bytes after which no more links are listed: proxies refuse long headers, and the linkset has them all. */
const LONGEST = 6_000

/** Value of a `Link` header (RFC 8288), in the order given. A title outside ASCII is given as RFC 8187 has it. */
export function linkHeader(links: readonly (Omit<WebLink, 'default'> & { asciiTitle?: string })[]): string {
  const parts: string[] = []
  let length = 0
  for (const link of links) {
    const part = linkValue(link)
    length += part.length + 2
    if (length > LONGEST) break
    parts.push(part)
  }
  return parts.join(', ')
}

function linkValue(link: Omit<WebLink, 'default'> & { asciiTitle?: string }): string {
  const parts = [`<${link.href}>`, `rel="${link.rel}"`]
  if (/^[\x20-\x7e]*$/.test(link.title)) parts.push(`title="${quoted(link.title)}"`)
  else {
    const ascii = link.asciiTitle ?? (link.title.replace(/[^\x20-\x7e]+/g, ' ').trim() || 'link')
    parts.push(`title="${quoted(ascii)}"`, `title*=UTF-8''${extended(link.title)}`)
  }
  if (link.type) parts.push(`type="${quoted(link.type)}"`)
  for (const language of link.hreflang ?? []) parts.push(`hreflang="${quoted(language)}"`)
  return parts.join('; ')
}

const quoted = (text: string) => text.replace(/["\\]/g, '\\$&')
const extended = (text: string) =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /['()*]/g,
    c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
