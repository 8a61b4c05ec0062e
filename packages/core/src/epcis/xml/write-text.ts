/** How standard terms are written in XML, as a client asks by `GS1-CBV-XML-Format` (EPCIS 2.0 §12.8.6). */
export const CBV_XML_FORMATS = ['No_Preference', 'Always_Web_URI', 'Always_URN', 'Never_Translates'] as const
export type CbvXmlFormat = (typeof CBV_XML_FORMATS)[number]

/** What XML 1.0 §2.2 has no character for, what has to be escaped, and pairs of surrogates, which are left alone. */
const SPECIAL = /[\ud800-\udbff][\udc00-\udfff]|[&<>"]|[^\u0020-\ud7ff\ue000-\ufffd]/g
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Character data or an attribute's value; a character that XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, found => {
    if (found.length === 2) return found
    if (found === '\t' || found === '\n' || found === '\r') return `&#${found.charCodeAt(0)};`
    return ENTITIES[found] ?? '\ufffd'
  })
}

const NCNAME = /^[\p{L}_][\p{L}\p{N}\p{M}._·-]*$/u

/** A local name that XML can bear: percent signs are resolved, other characters written as `_x0020_`. */
export function ncName(local: string): string {
  let name = local
  if (name.includes('%')) {
    try {
      name = decodeURIComponent(name)
    } catch {
      // then the percent sign itself is written
    }
  }
  if (NCNAME.test(name)) return name
  const escaped = [...name].map((c, i) => (NCNAME.test(i ? `_${c}` : c) ? c : `_x${hex(c)}_`)).join('')
  return escaped || '_'
}

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}
