/**
 * Terms of the Core Business Vocabulary and of the GS1 Web Vocabulary in one spelling. They are written bare in JSON,
 * as URN in EPCIS 1.x, as web URI or with a prefix elsewhere (CBV 2.0 §6, §7); all mean the same.
 */

export type TermKind =
  | 'bizStep'
  | 'disposition'
  | 'bizTransactionType'
  | 'srcDest'
  | 'errorReason'
  | 'component'
  | 'sensorType'
  | 'sensorAlert'

const CBV_WEB = 'https://ref.gs1.org/cbv/'
const GS1_WEB = 'https://gs1.org/voc/'

interface Spelling {
  /** what stands before the term, apart from the bare spelling: as URN, if there is one */
  urn: string | null
  /** in the web vocabulary, after its namespace */
  mark: string
  web: string
}

const SPELLINGS: Record<TermKind, Spelling> = {
  bizStep: { urn: 'urn:epcglobal:cbv:bizstep:', mark: 'BizStep-', web: CBV_WEB },
  disposition: { urn: 'urn:epcglobal:cbv:disp:', mark: 'Disp-', web: CBV_WEB },
  bizTransactionType: { urn: 'urn:epcglobal:cbv:btt:', mark: 'BTT-', web: CBV_WEB },
  srcDest: { urn: 'urn:epcglobal:cbv:sdt:', mark: 'SDT-', web: CBV_WEB },
  errorReason: { urn: 'urn:epcglobal:cbv:er:', mark: 'ER-', web: CBV_WEB },
  component: { urn: null, mark: 'Comp-', web: CBV_WEB },
  sensorType: { urn: null, mark: '', web: GS1_WEB },
  sensorAlert: { urn: null, mark: '', web: GS1_WEB },
}

const CBV_FORM = /^(?:https?:\/\/(?:ref|ns)\.gs1\.org\/cbv\/|cbv:)([A-Za-z]+-)(\w+)$/
const GS1_FORM = /^(?:https?:\/\/(?:(?:www\.|ref\.)?gs1\.org)\/voc\/|gs1:)(\w+)$/
const WORD = /^\w+$/

/**
 * The bare spelling of a standard term (`shipping`) from any of its spellings; anything else comes back as it is.
 * Prefixes are read as the standard EPCIS context defines them.
 */
export function canonicalTerm(kind: TermKind, text: string): string {
  if (!text.includes(':')) return text
  const { urn, mark, web } = SPELLINGS[kind]
  if (urn && text.startsWith(urn)) {
    const term = text.slice(urn.length)
    return WORD.test(term) ? term : text
  }
  if (web === GS1_WEB) return GS1_FORM.exec(text)?.[1] ?? text
  const match = CBV_FORM.exec(text)
  return match?.[1] === mark ? match[2]! : text
}

/** The web URI of a term, bare (`shipping`) or with a standard prefix (`gs1:MT-Humidity`); a URI comes back as it is. */
export function termUri(kind: TermKind, term: string): string {
  const { mark, web } = SPELLINGS[kind]
  if (WORD.test(term)) return web + mark + term
  if (term.startsWith('gs1:')) return GS1_WEB + term.slice('gs1:'.length)
  return term.startsWith('cbv:') ? CBV_WEB + term.slice('cbv:'.length) : term
}

/** A bare term as URN (`urn:epcglobal:cbv:bizstep:shipping`), as web URI where there is no such URN; a URI as it is. */
export function urnTerm(kind: TermKind, term: string): string {
  const { urn } = SPELLINGS[kind]
  if (!WORD.test(term)) return term
  return urn ? urn + term : termUri(kind, term)
}

const URN_FORMS = Object.values(SPELLINGS).flatMap(({ urn, mark, web }) => (urn ? [{ urn, web: web + mark }] : []))

/** The web URI of a term written as URN, of whatever kind; anything else comes back as it is. */
export function webTerm(text: string): string {
  if (!text.startsWith('urn:epcglobal:cbv:')) return text
  for (const { urn, web } of URN_FORMS) if (text.startsWith(urn)) return web + text.slice(urn.length)
  return text
}
