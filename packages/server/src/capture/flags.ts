import type { Leniency } from '@yuanliu/core'

/** Remarks on an event, as bits; stored, never renumber. */
export const FLAG = {
  /** eventTime is more than ten minutes after it was received */
  future: 1,
  /** the id looks like a CBV hash but is not the hash of this event */
  foreignHash: 2,
  /** no id was sent: the CBV hash is the id */
  idAssigned: 4,
  /** an error declaration whose reporter held `event:void` */
  mayVoid: 8,
  // What lenient capture overlooked:
  /** elements in another order than the XML schema's */
  elementOrder: 16,
  /** text between elements */
  strayText: 32,
  /** XML whose elements bear the wrong namespace, are empty, or wrapped otherwise than the schema has it */
  looseForm: 64,
  /** a term that the Core Business Vocabulary does not have, or a standard one written in full in JSON */
  unknownTerm: 128,
  /** `persistentDisposition` in a type of event that has none in the JSON schema */
  persistentDisposition: 256,
  /** its query document bore master data */
  masterDataInQuery: 512,
  /** a list that names something twice */
  repeatedItem: 1024,
  /** a sensor report that does not say what it reports */
  sensorWithoutType: 2048,
  /** its document names a version of the schema that there is not */
  schemaVersion: 4096,
  /** master data with something that is valid and has no place in what is stored */
  notKept: 8192,
  /** XML that its schema takes and that of JSON has no place for */
  // The last bit that the column (smallint) has.
  notInJson: 16384,
} as const

const OVERLOOKED: Record<Leniency, number> = {
  'element-order': FLAG.elementOrder,
  'stray-text': FLAG.strayText,
  'loose-form': FLAG.looseForm,
  'unknown-term': FLAG.unknownTerm,
  'persistent-disposition': FLAG.persistentDisposition,
  'master-data-in-query-document': FLAG.masterDataInQuery,
  'repeated-item': FLAG.repeatedItem,
  'sensor-without-type': FLAG.sensorWithoutType,
  'schema-version': FLAG.schemaVersion,
  'not-kept': FLAG.notKept,
  'not-in-json': FLAG.notInJson,
}

/** The flag for what lenient capture overlooked. */
export function flagOf(leniency: Leniency): number {
  return OVERLOOKED[leniency]
}

/** Remarks of a receipt, in words for programs. */
export function remarksOf(flags: number): string[] {
  const list: string[] = []
  if (flags & FLAG.future) list.push('event-time-in-future')
  if (flags & FLAG.foreignHash) list.push('hash-id-differs')
  if (flags & FLAG.idAssigned) list.push('id-assigned')
  for (const [leniency, flag] of Object.entries(OVERLOOKED)) if (flags & flag) list.push(leniency)
  return list
}

/** Whether a receipt says more than that the event was taken. */
export function isNoteworthy(flags: number): boolean {
  return (flags & ~FLAG.mayVoid & ~FLAG.idAssigned) !== 0
}
