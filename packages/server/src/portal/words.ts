import {
  groupTraceCode,
  inLocale,
  type Locale,
  type Messages,
  type PublicParty,
  type PublicUnit,
  TRACE_CODE_URI,
} from '@yuanliu/core'
import { countryName } from './party.ts'
import type { PublicFields } from './public-fields.ts'

/** `+08:00` in minutes. */
export function offsetMinutes(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

/** `2026-10-01 08:00` as it was where it happened; the offset is named where it is not the platform's own. */
export function timeText(instant: string, zone: number, fields: PublicFields): string {
  const text = shifted(instant, zone)
  return zone === offsetMinutes(fields.dayEndsAt)
    ? text
    : `${text} (UTC${zone < 0 ? '−' : '+'}${clock(Math.abs(zone))})`
}

/** `2026-10-01` by the platform's own offset. */
export function dateText(instant: string, fields: PublicFields): string {
  return shifted(instant, offsetMinutes(fields.dayEndsAt)).slice(0, 10)
}

function shifted(instant: string, zone: number): string {
  const at = Date.parse(instant)
  return Number.isNaN(at) ? instant : new Date(at + zone * 60_000).toISOString().slice(0, 16).replace('T', ' ')
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** Name of a place or party, else its code as printed. */
export function partyName(party: PublicParty | null, locale: Locale): string | null {
  return party && (inLocale(party.name, locale) ?? (party.code === null ? null : shortCode(party.code)))
}

/** Name of a unit's product, else what kind of thing it is with its code. */
export function unitName(unit: PublicUnit, locale: Locale, m: Messages): string {
  return inLocale(unit.product?.name, locale) ?? `${m.levels[unit.level]} ${shortCode(unit.code)}`
}

/** Lot and serial of a unit in words. */
export function unitDetail(unit: PublicUnit, m: Messages): string {
  const parts = [unit.lot && m.journey.lot(unit.lot), unit.serial && m.journey.serial(unit.serial)]
  return parts.filter(Boolean).join(' · ')
}

/** A code as it is printed: `(01)06901234567892(10)L42`, `Y000-7000-0000-01A8`, `91350100M000100Y43`, a URI as it is. */
export function shortCode(code: string): string {
  if (code.startsWith(TRACE_CODE_URI)) return groupTraceCode(code.slice(TRACE_CODE_URI.length))
  const own = /^urn:yuanliu:[a-z0-9-]+:(.+)$/.exec(code)?.[1]
  if (own) return decoded(own)
  const path = /^https:\/\/id\.gs1\.org\/(.+)$/.exec(code)?.[1]
  if (!path) return code
  const segments = path.split('/')
  let text = ''
  for (let i = 0; i + 1 < segments.length; i += 2) text += `(${segments[i]})${decoded(segments[i + 1] as string)}`
  return text
}

/** A code as it can be typed again: what is printed in several lines, of which some may be missing, by its URI. */
export function askableCode(code: string): string {
  const text = shortCode(code)
  return text.includes('\n') ? code : text
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** A value of ILMD in words. */
export function factText(fact: { kind: string; value: string }, locale: Locale): string {
  return fact.kind === 'area' ? (inLocale(countryName(fact.value), locale) ?? fact.value) : fact.value
}

/** `4.6 千克` for `4.6 KGM`: descriptions often carry the bare code of the unit of measure. */
export function specText(spec: string, locale: Locale, fields: PublicFields): string {
  return spec.replace(/^([\d.,]+) ?([A-Z0-9]{2,3})$/, (whole, number: string, code: string) => {
    const title = fields.units.get(code)?.[locale]
    return title ? `${number} ${title}` : whole
  })
}
