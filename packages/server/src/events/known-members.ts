import { formatTime } from '@yuanliu/core'
import { type Span, topMembers } from '../lib/scan/top-members.ts'
import type { EventJson, PresentedEvent } from './notation.ts'

/**
 * The members that the repository says and no sender (EPCIS 2.0 §7.4.1): `recordTime`, whatever was sent as such, and
 * `eventID` where none was sent.
 */
export function withKnown(value: EventJson, { id, recorded }: Pick<PresentedEvent, 'id' | 'recorded'>): EventJson {
  return { ...value, eventID: value.eventID || id, recordTime: formatTime(recorded) }
}

/** Ids that capture assigns begin so; any other was sent with the event. */
const ASSIGNED = 'ni:///sha-256'
const NAMES = ['eventID', 'recordTime'] as const

/**
 * The same in the bytes of an event: a value is put in the place of the one sent, a member behind the others; every other
 * byte stays as it is, and nothing is parsed.
 */
export function knownInBytes({ bytes, id, recorded }: Pick<PresentedEvent, 'bytes' | 'id' | 'recorded'>): Buffer {
  const time = `"${formatTime(recorded)}"`
  const isSimple = !id.startsWith(ASSIGNED) && !bytes.includes('recordTime') && !bytes.includes('\\u')
  const members = isSimple ? null : topMembers(bytes, NAMES)
  const sent = members?.get('recordTime')
  const sentId = members?.get('eventID')
  const isNameless = members !== null && (!sentId || bytes.toString('utf8', sentId.from, sentId.to) === '""')
  const places: [Span, string][] = []
  let behind = ''
  if (isNameless && sentId) places.push([sentId, JSON.stringify(id)])
  else if (isNameless) behind += `,"eventID":${JSON.stringify(id)}`
  if (sent) places.push([sent, time])
  else behind += `,"recordTime":${time}`
  const end = bytes.lastIndexOf('}')
  places.push([{ from: end, to: end }, behind])
  places.sort(([a], [b]) => a.from - b.from)
  const pieces: Buffer[] = []
  let at = 0
  for (const [{ from, to }, text] of places) {
    pieces.push(bytes.subarray(at, from), Buffer.from(text))
    at = to
  }
  pieces.push(bytes.subarray(at))
  return Buffer.concat(pieces)
}
