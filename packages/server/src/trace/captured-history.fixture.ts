import type { StoredEvent } from './source.ts'

/** Histories speak of `01/1`; events need codes that are valid. The order of keys stays. */
const REAL: [RegExp, string][] = [
  [/^01\/1(?=\/|$)/, '01/09521234543213'],
  [/^01\/2(?=\/|$)/, '01/09521234543220'],
  [/^01\/3(?=\/|$)/, '01/09521234543237'],
  [/^00\/1$/, '00/095212345678901235'],
  [/^00\/2$/, '00/095212345678901242'],
  [/^8003\/crate$/, '8003/09521234543213crate'],
]
const real = (key: string) => REAL.reduce((k, [from, to]) => k.replace(from, to), key)
const place = (text: string | null) => (text === null ? null : `urn:x:${text.toLowerCase()}`)

/** The same history with real codes, events of one document one after the other, as they are captured. */
export function captured(history: readonly StoredEvent[]): StoredEvent[] {
  const documentOfEvent = (e: StoredEvent) => `${e.document}-${e.reporter}`
  const order = [...new Set(history.map(documentOfEvent))]
  return [...history]
    .sort((a, b) => order.indexOf(documentOfEvent(a)) - order.indexOf(documentOfEvent(b)) || a.position - b.position)
    .map((e, i) => ({
      ...e,
      position: i + 1,
      document: documentOfEvent(e),
      units: e.units.map(real),
      lots: e.lots?.map(l => l && real(l)) ?? null,
      bizLocation: place(e.bizLocation),
      sources: e.sources.map((v, j) => (j % 2 ? (place(v) as string) : v)),
      destinations: e.destinations.map((v, j) => (j % 2 ? (place(v) as string) : v)),
      transformationID: e.transformationID && `urn:t:${e.transformationID}`,
      ...(e.transformationID && {
        units: e.units.map((u, j) => (e.roles[j] === 14 ? `transformation/urn:t:${e.transformationID}` : real(u))),
      }),
      declaration: false,
    }))
}
