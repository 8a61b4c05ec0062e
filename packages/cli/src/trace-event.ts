import {
  type EventUnitRef,
  formatTime,
  parseTime,
  type TraceAnomaly,
  type TraceEvent,
  type TraceGap,
} from '@yuanliu/core'
import type { Language } from './shell.ts'
import { ANOMALIES, GAPS, KINDS, WORDS } from './trace-words.ts'

const LINK = /^https:\/\/id\.gs1\.org\//

/** One event as one unit saw it: time, step, place, parties, quantity. */
export function eventText(event: TraceEvent, unit: string, language: Language): string {
  return [
    timeText(event.time, event.zone),
    event.step ?? `${event.type}${event.action ? ` ${event.action}` : ''}`,
    event.disposition,
    event.place && `@ ${short(event.place)}`,
    partiesText(event),
    quantityText(event.units.filter(ref => ref.unit === unit)),
    `[${event.reporter}]`,
    signersText(event, language),
    (event.disputed || event.contradicted) && WORDS.disputed[language],
  ]
    .filter(Boolean)
    .join('  ')
}

/** Who signed an event, in words; null where nobody did. */
function signersText({ signatures }: TraceEvent, language: Language): string | null {
  if (!signatures?.length) return null
  const names = signatures.map(({ organisation, kind }) => `${organisation} (${KINDS[kind][language]})`)
  return `${WORDS.signed[language]} ${names.join(', ')}`
}

/** A gap, where it stands. */
export function gapText(gap: TraceGap, language: Language): string {
  return [
    `⚠ ${WORDS.gap[language]}: ${GAPS[gap.kind][language]}`,
    gap.party && short(gap.party),
    gap.since && WORDS.since[language].replace('{time}', gap.since),
    detailText(gap.detail),
  ]
    .filter(Boolean)
    .join('  ')
}

export function anomalyText(anomaly: TraceAnomaly, language: Language): string {
  return [`! ${WORDS.anomaly[language]}: ${ANOMALIES[anomaly.kind][language]}`, detailText(anomaly.detail)]
    .filter(Boolean)
    .join('  ')
}

/** Events in the order of their instants; those of one instant stay as they came. */
export function byTime(a: TraceEvent, b: TraceEvent): number {
  return (parseTime(a.time) ?? 0) - (parseTime(b.time) ?? 0)
}

/** A code without the domain that all canonical Digital Links bear. */
export function short(code: string): string {
  return code.replace(LINK, '')
}

/** To the minute, in the zone in which the event was recorded. */
function timeText(time: string, zone: number): string {
  const micros = parseTime(time)
  if (micros === null) return time
  const text = formatTime(micros, zone)
  return `${text.slice(0, 10)} ${text.slice(11, 16)} ${/(?:[+-]\d\d:\d\d|Z)$/.exec(text)?.[0] ?? ''}`
}

function partiesText({ sources, destinations }: TraceEvent): string | null {
  if (!sources.length && !destinations.length) return null
  const names = (ends: TraceEvent['sources']) => [...new Set(ends.map(end => short(end.value)))].join(', ') || '?'
  return `${names(sources)} → ${names(destinations)}`
}

function quantityText(refs: readonly EventUnitRef[]): string | null {
  const texts = refs.flatMap(ref => (ref.quantity === undefined ? [] : [amountText(ref.quantity, ref.uom)]))
  return texts.length ? [...new Set(texts)].join(' + ') : null
}

export function amountText(quantity: string, uom: string | null | undefined): string {
  return uom ? `${quantity} ${uom}` : `× ${quantity}`
}

function detailText(detail: Record<string, string> | undefined): string | null {
  if (!detail) return null
  return Object.entries(detail)
    .map(([name, value]) => `${name}=${short(value)}`)
    .join(' ')
}
