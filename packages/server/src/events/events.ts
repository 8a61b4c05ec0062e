import { type Codes, Problem } from '@yuanliu/core'
import type { CompanyPrefixes } from '../lib/company-prefixes.ts'
import type { AnswerForm } from '../lib/http/answer-form.ts'
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
import { createFollow, type Follow } from './follow.ts'
import { type Names, namesOf } from './names.ts'
import type { Heading, Notation, Presented } from './notation.ts'
import { createStoredPrefixes } from './prefixes.ts'
import { present } from './present.ts'
import { eventParts } from './store.ts'

export { STANDARD_CONTEXT } from './contexts.ts'
export { type DocumentRef, type EventDocument, eventValue, readDocuments } from './documents.ts'
export {
  type BlockEvent,
  BYTES_PER_BLOCK,
  EVENTS_PER_BLOCK,
  groupForBlocks,
  packBlock,
  unpackBlock,
} from './event-block.ts'
export { eventKey } from './event-key.ts'
export type { EventPage, Reader } from './event-search.ts'
export { decodeFlow, decodeUnits, encodeFlow, encodeUnits } from './event-text.ts'
export type { Follow, StandingQuery } from './follow.ts'
export type { Captured } from './judge.ts'
export { isFullName, type Names, NO_PREFIXES, namesOf } from './names.ts'
export type { Heading } from './notation.ts'
export { eventViews } from './scan.ts'
export { untranslatedWarning, watchedUrns } from './warning.ts'

export interface Events {
  /** One page of a query, `heading` being the name under which it is known. Throws 400, 413. */
  search(search: Search, form: AnswerForm, heading?: Heading): Promise<EventPage>
  /** What was captured, in that order, for whoever follows the log. */
  follow: Follow
  /** The same, of each event only who reported it, where it happened and when it was recorded. */
  records(search: Search): Promise<RecordPage>
  /** The event of an id and its error declarations. Throws 404. */
  byId(id: string, form: AnswerForm, reader: Reader): Promise<Presented>
  /** What names in an address stand for: by the prefixes that `GS1-Extensions` gives, else by those of the documents. */
  names(extensions: Readonly<Record<string, string>>): Promise<Names>
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
  const notation = async (form: AnswerForm): Promise<Notation> => ({
    ...form,
    codes,
    prefixLength: form.format === 'Always_EPC_URN' ? await given.prefixes.lengths() : () => null,
  })
  return {
    search: async (search, form, heading) => searchEvents(parts, search, await notation(form), heading),
    follow: createFollow(parts, codes, notation),
    records: search => searchRecords(parts, search, codes),
    async byId(id, form, reader) {
      const rows = await eventParts(db, eventKey(id), await parts.parties.hiddenFrom(reader))
      if (!rows.length) throw new Problem('event-not-found', { detail: `eventID ${id.slice(0, 2_000)}` })
      const documents = await readDocuments(db, rows)
      const events = rows.map((row, i) => ({ ...(documents[i] as (typeof documents)[0]), ...pick(row) }))
      return present(events, await notation(form), true)
    },
    names: async extensions => namesOf(extensions, undefined, await parts.stored()),
  }
}

function pick({ id, recorded }: { id: string; recorded: number }): { id: string; recorded: number } {
  return { id, recorded }
}
