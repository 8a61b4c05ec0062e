import {
  type Codes,
  groupTraceCode,
  inLocale,
  type Locale,
  type PublicTrace,
  type Reading,
  TRACE_CODE_URI,
  t,
} from '@yuanliu/core'

type Fitting = Extract<Reading, { ok: true }>

/** Words printed on a label beside its carrier. */
export interface LabelText {
  /** empty where nothing is known of the product */
  name: string
  /** title and value, in the order in which they are printed */
  lines: { title: string; value: string }[]
  /** the code as it is read out, in parts between which a line may be broken; it holds the serial number */
  code: string[]
}

/** What the person who prints says; it goes before what the platform knows. */
export interface Given {
  name?: string
  lot?: string
  made?: string
  expires?: string
}

/** What the public may know of a unit, by its key. */
export type About = (key: string) => Promise<PublicTrace>

/** Levels whose name is that of the product; to print "lot" on every box would help nobody. */
const PRODUCTS = new Set<string>(['class', 'lot', 'item'])
/** Units asked about at the same time: the database has other callers. */
const AT_ONCE = 4

/** A code to describe; `fresh`: not in circulation yet, so that its product is all the public may know of it. */
export interface Described {
  reading: Fitting
  fresh: boolean
}

/** Words for each code, asked once for each lot, and for fresh codes once for their product. */
export async function textsFor(
  described: readonly Described[],
  {
    about,
    codes,
    locale,
    given,
  }: { about: About; codes: Pick<Codes, 'levelOf' | 'classKey' | 'identify'>; locale: Locale; given: Given },
): Promise<LabelText[]> {
  const aboutKey = ({ reading: { lot, key }, fresh }: Described) => (fresh ? codes.classKey(key) : (lot ?? key))
  const keys = [...new Set(described.map(aboutKey).filter(key => key !== null))]
  const known = new Map<string, PublicTrace>()
  for (let i = 0; i < keys.length; i += AT_ONCE) {
    const some = keys.slice(i, i + AT_ONCE)
    const traces = await Promise.all(some.map(key => about(key)))
    for (const [j, key] of some.entries()) known.set(key, traces[j] as PublicTrace)
  }
  return described.map(one => textOf(one.reading, known.get(aboutKey(one) ?? ''), { codes, locale, given }))
}

function textOf(
  reading: Fitting,
  trace: PublicTrace | undefined,
  { codes, locale, given }: { codes: Pick<Codes, 'levelOf' | 'identify'>; locale: Locale; given: Given },
): LabelText {
  const m = t(locale)
  const level = codes.levelOf(reading.key)
  const unit = trace?.units[0]
  const { parts } = reading
  const facts = (unit?.facts ?? []).filter(fact => fact.kind === 'date')
  const dated = (block: string, title: string, own: string | undefined, inCode: string | undefined) => {
    if (own !== undefined) return { title, value: own }
    if (inCode !== undefined) return { title, value: dateOf(inCode) }
    const fact = facts.find(f => f.block === block)
    return fact && { title: fact.title[locale], value: fact.value.slice(0, 10) }
  }
  const lot = given.lot ?? parts.lot ?? unit?.lot ?? undefined
  // AI (11) production, (17) expiration, (15) best before date: GS1 General Specifications §3.4
  const lines = [
    lot === undefined ? undefined : { title: m.labels.lot, value: lot },
    dated('made', m.labels.made, given.made, parts['11']),
    dated('expiry', m.labels.expires, given.expires, parts['17'] ?? parts['15']),
  ]
  return {
    name: given.name ?? inLocale(unit?.product?.name, locale) ?? (PRODUCTS.has(level) ? '' : m.levels[level]),
    lines: lines.filter(line => line !== undefined),
    code: codeParts(reading, codes),
  }
}

/**
 * A code as people read it: elements of GS1, groups of a trace code, the text of another scheme where that is read as the
 * same unit again, or as it is canonically.
 */
function codeParts({ forms, canonical, key }: Fitting, codes: Pick<Codes, 'identify'>): string[] {
  if (canonical.startsWith(TRACE_CODE_URI))
    return groupTraceCode(canonical.slice(TRACE_CODE_URI.length)).split(/(?<=-)/)
  const text = forms.text?.replaceAll('\n', ' ')
  if (forms.element === undefined && text !== undefined) {
    const [first] = codes.identify(text)
    if (first?.ok && first.key === key) return [text]
  }
  return (forms.element ?? canonical).split(/(?!^)(?=\(\d{2,4}\))/)
}

/** `261001` of an element string as `2026-10-01`; day 00 is the whole month (§3.4.2). Years as §7.12 reads them. */
function dateOf(digits: string): string {
  if (!/^\d{6}$/.test(digits)) return digits
  const now = new Date().getFullYear()
  const year = Math.floor(now / 100) * 100 + Number(digits.slice(0, 2))
  const nearest = year - now >= 51 ? year - 100 : year - now <= -50 ? year + 100 : year
  const month = `${nearest}-${digits.slice(2, 4)}`
  return digits.endsWith('00') ? month : `${month}-${digits.slice(4)}`
}
