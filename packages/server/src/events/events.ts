import { type Codes, Problem } from '@yuanliu/core'
import { readDocuments } from './documents.ts'
import { eventKey } from './event-key.ts'
import {
  type EventPage,
  type Reader,
  type RecordPage,
  type Search,
  type SearchParts,
  searchEvents,
  searchRecords,
} from './event-search.ts'
import type { AnswerForm, Notation, Presented } from './notation.ts'
import { present } from './present.ts'
import { eventParts } from './store.ts'

export { type DocumentRef, type EventDocument, readDocuments } from './documents.ts'
export { type BlockEvent, EVENTS_PER_BLOCK, groupForBlocks, packBlock, unpackBlock } from './event-block.ts'
export { eventKey } from './event-key.ts'
export { decodeFlow, decodeUnits, encodeFlow, encodeUnits } from './event-text.ts'

export interface Events {
  /** One page of a query. Throws 400, 413. */
  search(search: Search, form: AnswerForm): Promise<EventPage>
  /** The same, of each event only who reported it, where it happened and when it was recorded. */
  records(search: Search): Promise<RecordPage>
  /** The event of an id and its error declarations. Throws 404. */
  byId(id: string, form: AnswerForm, reader: Reader): Promise<Presented>
}

export interface EventsParts extends SearchParts {
  codes: Codes
  /** length of the GS1 company prefix that some digits begin with, null if unknown */
  prefixLength?: (digits: string) => number | null
}

/**
 * Reading what was captured: what is in force, never the other content of a conflict; what is in quarantine only for its
 * reporter and the administrator.
 */
export function createEvents(parts: EventsParts): Events {
  const { db, codes, prefixLength = () => null } = parts
  const notation = (form: AnswerForm): Notation => ({ ...form, codes, prefixLength })
  return {
    search: (search, form) => searchEvents(parts, search, notation(form)),
    records: search => searchRecords(parts, search, codes),
    async byId(id, form, reader) {
      const rows = await eventParts(db, eventKey(id), await parts.parties.hiddenFrom(reader))
      if (!rows.length) throw new Problem('event-not-found', { detail: `eventID ${id.slice(0, 2_000)}` })
      const documents = await readDocuments(db, rows)
      const events = rows.map((row, i) => ({ ...(documents[i] as (typeof documents)[0]), ...pick(row) }))
      return present(events, notation(form), true)
    },
  }
}

function pick({ id, recorded }: { id: string; recorded: number }): { id: string; recorded: number } {
  return { id, recorded }
}
