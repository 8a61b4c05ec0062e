import type { EventFacts } from '@yuanliu/core'
import { encodeFlow, encodeUnits } from '../events/events.ts'
import { FLAG } from './flags.ts'
import { FUTURE_MICROS, type Prepared } from './prepare.ts'

/** What `event` has of an event, as far as it is derived from its bytes. */
export interface StoredColumns {
  part: number
  recorded: number
  type: number
  action: number
  time: number
  zone: number
  biz_step: number | null
  disposition: number | null
  read_point: number | null
  biz_location: number | null
  flags: number
  units: string
  flow: string | null
  /** in hex */
  declaration: string | null
}

/** What lenient capture overlooked. */
const OVERLOOKED =
  FLAG.elementOrder |
  FLAG.strayText |
  FLAG.looseForm |
  FLAG.unknownTerm |
  FLAG.persistentDisposition |
  FLAG.masterDataInQuery |
  FLAG.repeatedItem |
  FLAG.sensorWithoutType |
  FLAG.schemaVersion |
  FLAG.notKept |
  FLAG.notInJson
const EXACT = FLAG.foreignHash | FLAG.idAssigned
const ANY = EXACT | OVERLOOKED | FLAG.future | FLAG.mayVoid
/** so long may have passed between preparing an event and writing it */
const WAIT_MICROS = 3_600_000_000

/**
 * Names of the columns in which an event that is stored differs from what its bytes give.
 * @param term number of a text; one that no term has for a text that is not stored
 */
export function differingColumns(
  stored: StoredColumns,
  { facts, declaration, flags }: Prepared,
  term: (text: string | null) => number | null,
): string[] {
  const differing: string[] = []
  if (stored.type !== facts.type) differing.push('type')
  if (stored.action !== facts.action) differing.push('action')
  if (stored.time !== facts.time) differing.push('time')
  if (stored.zone !== facts.zone) differing.push('zone')
  if (stored.biz_step !== term(facts.bizStep)) differing.push('biz_step')
  if (stored.disposition !== term(facts.disposition)) differing.push('disposition')
  if (stored.read_point !== term(facts.readPoint)) differing.push('read_point')
  if (stored.biz_location !== term(facts.bizLocation)) differing.push('biz_location')
  if (stored.units !== encodeUnits(facts)) differing.push('units')
  if (stored.flow !== encodeFlow(facts)) differing.push('flow')
  if (stored.declaration !== (declaration?.toString('hex') ?? null)) differing.push('declaration')
  if ((stored.part === 0) !== (declaration === null)) differing.push('part')
  if (!followFlags(stored, facts, flags, declaration !== null)) differing.push('flags')
  return differing
}

/** Whether flags are those that the bytes give, with what the document, the reporter and the hour may have added. */
function followFlags(stored: StoredColumns, { time }: EventFacts, derived: number, isDeclaration: boolean): boolean {
  const { flags, recorded } = stored
  if ((flags ^ derived) & EXACT || derived & ~flags & OVERLOOKED || flags & ~ANY) return false
  if (flags & FLAG.mayVoid && !isDeclaration) return false
  return flags & FLAG.future ? time > recorded + FUTURE_MICROS - WAIT_MICROS : time <= recorded + FUTURE_MICROS
}
