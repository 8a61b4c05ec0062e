import type { Codes } from '@yuanliu/core'
import type { AnswerForm } from '../lib/http/answer-form.ts'
import type { EpcFormat } from '../lib/http/gs1-headers.ts'
import { readDocuments } from './documents.ts'
import { languageOf, load, type Reader, type SearchParts } from './event-search.ts'
import type { EventView } from './fields.ts'
import { type Captured, captured, type Judge, judgeOf } from './judge.ts'
import type { Heading, Notation, Presented } from './notation.ts'
import { present } from './present.ts'
import { type EventQuery, type Parameters, parseQuery, type Test } from './query.ts'
import { eventViews, thingsOf } from './scan.ts'
import { CLOCK_SKEW, positionAt, soughtOf } from './sought.ts'
import { type CapturedEvent, eventsByPosition, eventsInOrder } from './store.ts'

/** A query that is asked of every event that comes. */
export interface StandingQuery {
  query: EventQuery
  /** null where only the database can tell */
  judge: Judge | null
}

/** Events in the order of capture, for whoever follows the log. */
export interface Follow {
  /** What the parameters ask for. Throws 400 with pointers that begin with `at`. */
  query(parameters: Parameters, at: '/query/' | '/'): Promise<StandingQuery>
  /** What was captured behind `after`, up to and with `upTo`, at most `limit`; ready to be judged. */
  after(after: number, upTo: number, limit: number): Promise<Captured[]>
  /** Of these, what fulfils the query: asked of the database, and of the events themselves where it cannot tell. */
  matching(query: EventQuery, reader: Reader, after: number, upTo: number, limit: number): Promise<Captured[]>
  /** Leaves out what is in quarantine and was reported by somebody else than the reader. */
  visible(events: readonly Captured[], reader: Reader): Promise<Captured[]>
  /** As many events from the front as one document takes, about `bytes` of them and at least one. */
  document(events: readonly Captured[], format: EpcFormat, heading: Heading, bytes: number): Promise<Presented>
  /** A position before everything that was recorded at `time` (microseconds) or later. */
  positionBefore(time: number): Promise<number>
  /** Capture position: everything acknowledged is at or before it. */
  position(): Promise<number>
}

/** Events that are tested in one go. */
const TESTED = 500

export function createFollow(
  parts: SearchParts,
  codes: Codes,
  notation: (form: AnswerForm) => Promise<Notation>,
): Follow {
  const { db, terms, parties } = parts

  async function readied(rows: readonly CapturedEvent[]): Promise<Captured[]> {
    await terms.load(rows.flatMap(r => [r.biz_step, r.disposition, r.read_point, r.biz_location]))
    return rows.map(captured)
  }

  async function passing(rows: CapturedEvent[], tests: readonly Test[], hidden: readonly number[]) {
    const views = eventViews()
    const events = (await readDocuments(db, rows)).map(views)
    const describes = await parts.vocabularies.describe(thingsOf(events, tests), hidden)
    return rows.filter((_, i) => tests.every(test => test.holds(events[i] as EventView, describes)))
  }

  return {
    async query(parameters, at) {
      const query = parseQuery(parameters, at, codes, await languageOf(parts, { parameters }, codes))
      return { query, judge: judgeOf(query.conditions, terms) }
    },
    after: async (after, upTo, limit) => readied(await eventsByPosition(db, after, upTo, limit)),
    async matching({ conditions }, reader, after, upTo, limit) {
      const hidden = await parties.hiddenFrom(reader)
      const found: Captured[] = []
      const { sought, tests } = await soughtOf(conditions, { ...parts, hidden, upTo })
      if (sought.some(c => 'numbers' in c && c.numbers.length === 0)) return found
      const size = tests.length ? Math.max(limit, TESTED) : limit
      for (let from = after; ; ) {
        const rows = await eventsInOrder(db, [...sought, { on: 'position', from: from + 1 }], upTo, size)
        const last = rows.at(-1)
        found.push(...(await readied(tests.length ? await passing(rows, tests, hidden) : rows)))
        if (!last || rows.length < size || found.length >= limit) return found.slice(0, limit)
        from = last.position
      }
    },
    async visible(events, { organisation, isAdmin }) {
      if (isAdmin || !parties.quarantine || !events.length) return [...events]
      const known = await parties.of(new Set(events.map(e => e.organisation)))
      return events.filter(e => e.organisation === organisation || known.get(e.organisation)?.quarantined === false)
    },
    document: async (events, format, heading, bytes) =>
      present(
        await load(db, events, bytes),
        await notation({ media: 'json', format, terms: 'No_Preference' }),
        false,
        heading,
      ),
    async positionBefore(time) {
      return (await positionAt(db, time - CLOCK_SKEW, await parts.position())) - 1
    },
    position: parts.position,
  }
}
