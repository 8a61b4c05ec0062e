import { aiOf } from './ai-table.ts'
import { compress, decompress } from './compression.ts'
import { webPathStart } from './digital-link.ts'
import { type Gs1Fault, gs1Fault, LONGEST, tooLong } from './element.ts'
import { type LinkOptions, parseDigitalLink } from './link.ts'
import { writeDigitalLink } from './link-write.ts'
import { escapeUri } from './percent.ts'

/** Digital Links in compressed form (GS1 Digital Link: Compression): the whole, or all but the key. */

type Written = { ok: true; text: string } | Gs1Fault

/**
 * Compresses a link; parameters that are none of GS1's stay in the query.
 * @param keepKey the key stays readable, what follows it is compressed
 * @param optimise codes for identifiers that often stand together (shorter; every conformant reader knows them)
 */
export function compressLink(
  uri: string,
  { keepKey = false, optimise = true, ...options }: LinkOptions & { keepKey?: boolean; optimise?: boolean } = {},
): Written {
  const link = parseDigitalLink(uri, options)
  if (!link.ok) return link
  const [key, ...rest] = link.elements
  const query = (link.extra.length > 0 ? `?${link.extra.join('&')}` : '') + link.fragment
  if (!keepKey) return { ok: true, text: `${link.stem}/${compress(link.elements, optimise)}${query}` }
  const segment = rest.length > 0 ? `/${compress(rest, optimise)}` : ''
  return { ok: true, text: `${link.stem}/${key!.ai}/${escapeUri(key!.value)}${segment}${query}` }
}

/** The uncompressed link of a compressed one. A segment that only looks like one is told by values that are wrong. */
export function decompressLink(uri: string): Written {
  if (uri.length > LONGEST) return tooLong()
  const start = webPathStart(uri)
  const end = uri.search(/[?#]|$/)
  if (start < 0)
    return gs1Fault('format', 0, { zh: '应为 http(s) 网址', en: 'an http(s) address with a path is expected' })
  const slash = uri.lastIndexOf('/', end - 1)
  const found = slash < start ? null : decompress(uri.slice(slash + 1, end))
  if (!found) return gs1Fault('component', slash + 1, { zh: '不是压缩的 GS1 网址', en: 'no compressed Digital Link' })

  const hash = uri.indexOf('#', end)
  const until = hash < 0 ? uri.length : hash
  const form = {
    extra: [
      ...found.extra.map(([name, value]) => `${escapeUri(name)}=${escapeUri(value)}`),
      ...(until > end + 1 ? [uri.slice(end + 1, until)] : []),
    ],
    fragment: uri.slice(until),
  }
  const prefix = uri.slice(0, slash)
  const key = parseDigitalLink(prefix)
  if (key.ok) return writeDigitalLink([...key.elements, ...found.elements], { stem: key.stem, ...form })
  const whole = found.elements.some(({ ai }) => aiOf(ai)!.sequences)
  return whole ? writeDigitalLink(found.elements, { stem: prefix, ...form }) : key
}
