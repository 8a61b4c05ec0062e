import { type AreaNames, areaName, type Codes, type KnownScheme, type ParsedCode, type Reading } from '@yuanliu/core'

/** The answer of `GET /api/codes/parse`: every reading, best first; the schemes known where nothing fits. */
export function parseAnswer(
  codes: Pick<Codes, 'identify' | 'schemes'>,
  areas: AreaNames,
  text: string,
): { readings: ParsedCode[]; schemes?: KnownScheme[] } {
  const readings = codes.identify(text).map(reading => answerOf(reading, areas))
  return readings.length > 0 ? { readings } : { readings, schemes: knownSchemes(codes) }
}

/** Every scheme that texts are read by, in the order of their ids. */
export function knownSchemes(codes: Pick<Codes, 'schemes'>): KnownScheme[] {
  return [...codes.schemes.values()].map(({ id, title }) => ({ id, title })).sort((a, b) => (a.id < b.id ? -1 : 1))
}

type Failed = Extract<Reading, { ok: false }>

/** Member by member: a reading may make its members when they are asked for. */
function answerOf(reading: Reading, areas: AreaNames): ParsedCode {
  if (!reading.ok) return failureOf(reading)
  const { scheme, key, level, parts, canonical, forms, lot, warnings } = reading
  return {
    scheme,
    ok: true,
    key,
    level,
    parts,
    ...areaOf(areas, parts.area),
    canonical,
    forms,
    lot,
    ...marksOf(reading),
    ...(warnings && { warnings: warnings.map(failureOf) }),
  }
}

function failureOf(reading: Failed): Extract<ParsedCode, { ok: false }> {
  const { scheme, reason, at, message } = reading
  return { scheme, ok: false, reason, at, message, ...marksOf(reading) }
}

function areaOf(areas: AreaNames, code: string | undefined): { area?: string } {
  const area = code === undefined ? null : areaName(areas, code)
  return area === null ? {} : { area }
}

/** What only some readings bear. */
function marksOf(reading: object): { unverified?: true; rule?: string } {
  const { unverified, rule } = reading as { unverified?: boolean; rule?: string }
  return { ...(unverified && { unverified: true as const }), ...(rule !== undefined && { rule }) }
}
