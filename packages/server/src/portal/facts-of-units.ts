import type { PublicDocument, PublicFact, TraceEvent } from '@yuanliu/core'
import type { Knowledge, Visible } from './knowledge.ts'
import { type IlmdField, plainText } from './public-fields.ts'

export interface Fact extends PublicFact {
  /** milliseconds since the epoch at which the unit expires by it */
  expires: number | null
}

const GIVEN = new Set(['epc', 'quantity', 'output', 'outputQuantity', 'lot'])

/** Whitelisted instance and lot master data (ILMD, EPCIS 2.0 §7.3.6) by unit key; what was said first holds. */
export function factsOfUnits(known: Knowledge, visible: Visible): Map<string, Fact[]> {
  const found = new Map<string, Fact[]>()
  for (const event of visible.events.toReversed()) {
    const facts = factsOfEvent(known, event)
    if (!facts.length) continue
    // an event that makes something speaks of what it makes
    for (const { unit, role } of event.units) {
      if (!GIVEN.has(role) || !visible.index.has(unit)) continue
      const before = found.get(unit) ?? []
      found.set(unit, [...before, ...facts.filter(fact => !before.some(b => b.id === fact.id))])
    }
  }
  return found
}

function factsOfEvent(known: Knowledge, event: TraceEvent): Fact[] {
  const document = known.documents.get(event.key)
  const ilmd = document?.event.ilmd
  if (!document || typeof ilmd !== 'object' || ilmd === null || Array.isArray(ilmd)) return []
  return Object.entries(ilmd).flatMap(([name, value]) => {
    const field = known.fields.ilmd.get(document.expand(name) ?? name)
    const text = field && plainText(Array.isArray(value) ? value[0] : value)
    return field && text ? [factOf(field, text, known.fields.dayEndsAt)] : []
  })
}

function factOf(field: IlmdField, value: string, dayEndsAt: string): Fact {
  const { id, block, kind, title } = field
  return { id, block, kind, title, value, expires: field.expires ? endOf(value, dayEndsAt) : null }
}

/** The last moment of a day, or the instant itself. */
function endOf(value: string, dayEndsAt: string): number | null {
  const day = /^\d{4}-\d\d-\d\d$/.test(value)
  const at = Date.parse(day ? `${value}T23:59:59.999${dayEndsAt}` : value)
  return Number.isNaN(at) ? null : at
}

/** Certificates and test reports that the visible events name, newest first, each once. */
export function documentsOf(known: Knowledge, visible: Visible): PublicDocument[] {
  const found = new Map<string, PublicDocument>()
  for (const event of visible.events) {
    for (const { kind, uri } of namedIn(known, event)) {
      const code = known.codes.toDigitalLink(uri)
      const before = found.get(code)
      if (before && (before.kind !== 'cert' || kind === 'cert')) continue
      const by = known.organisations.get(event.reporter)?.name ?? event.reporter
      found.set(code, { kind, code, link: linkOf(known, uri), by, time: event.time })
    }
  }
  return [...found.values()]
}

function namedIn(known: Knowledge, event: TraceEvent): { kind: string; uri: string }[] {
  const document = known.documents.get(event.key)?.event
  if (!document) return []
  const certificates = [document.certificationInfo].flat().map(uri => ({ kind: 'cert', uri }))
  const list = Array.isArray(document.bizTransactionList) ? document.bizTransactionList : []
  const papers = list.map((t: Record<string, unknown>) => ({ kind: termOf(t?.type), uri: t?.bizTransaction }))
  return [...certificates, ...papers].flatMap(({ kind, uri }) => {
    const text = plainText(uri)
    return text && Object.hasOwn(known.fields.titles.documents, kind) ? [{ kind, uri: text }] : []
  })
}

/** `cert` from any spelling of the transaction type (CBV 2.0 §7.3). */
function termOf(type: unknown): string {
  return typeof type === 'string' ? (/(?:^|[:/#-])(\w+)$/.exec(type)?.[1] ?? '') : ''
}

/** A web address that leads somewhere: GS1 codes only look like one. */
export function linkOf(known: Pick<Knowledge, 'codes'>, uri: string): string | null {
  if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri) || known.codes.unit(uri).level !== 'other') return null
  const url = new URL(uri)
  return url.username || url.password ? null : url.href
}
