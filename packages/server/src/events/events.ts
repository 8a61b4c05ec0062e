import { type Codes, Problem } from '@yuanliu/core'
import type { CompanyPrefixes } from '../lib/company-prefixes.ts'
import type { EpcFormat } from '../lib/http/gs1-headers.ts'
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
import { createStoredPrefixes } from './prefixes.ts'
import { type Notation, type Presented, present } from './present.ts'
import { eventParts } from './store.ts'

export { STANDARD_CONTEXT } from './contexts.ts'
export { type DocumentRef, type EventDocument, eventValue, readDocuments } from './documents.ts'
export { type BlockEvent, EVENTS_PER_BLOCK, groupForBlocks, packBlock, unpackBlock } from './event-block.ts'
export { eventKey } from './event-key.ts'
export { decodeFlow, decodeUnits, encodeFlow, encodeUnits } from './event-text.ts'
export { TOKEN_LIFE } from './page.ts'

export interface Events {
  /** One page of a query. Throws 400, 413. */
  search(search: Search, format: EpcFormat): Promise<EventPage>
  /** The same, of each event only who reported it, where it happened and when it was recorded. */
  records(search: Search): Promise<RecordPage>
  /** The event of an id and its error declarations. Throws 404. */
  byId(id: string, format: EpcFormat, reader: Reader): Promise<Presented>
}

export interface EventsParts extends Omit<SearchParts, 'stored'> {
  codes: Codes
  /** what is known of company prefixes */
  prefixes: Pick<CompanyPrefixes, 'lengths'>
}

/**
 * Reading what was captured: what is in force, never the other content of a conflict; what is in quarantine only for its
 * reporter and the administrator.
 */
export function createEvents(given: EventsParts): Events {
  const { db, codes } = given
  const parts: SearchParts = { ...given, stored: createStoredPrefixes(db) }
  const notation = async (format: EpcFormat): Promise<Notation> => ({
    format,
    codes,
    prefixLength: format === 'Always_EPC_URN' ? await given.prefixes.lengths() : () => null,
  })
  return {
    search: async (search, format) => searchEvents(parts, search, await notation(format)),
    records: search => searchRecords(parts, search, codes),
    async byId(id, format, reader) {
      const rows = await eventParts(db, eventKey(id), await parts.parties.hiddenFrom(reader))
      if (!rows.length) throw new Problem('event-not-found', { detail: `eventID ${id.slice(0, 2_000)}` })
      const documents = await readDocuments(db, rows)
      const events = rows.map((row, i) => ({ ...(documents[i] as (typeof documents)[0]), ...pick(row) }))
      return present(events, await notation(format), true)
    },
  }
}

function pick({ id, recorded }: { id: string; recorded: number }): { id: string; recorded: number } {
  return { id, recorded }
}
