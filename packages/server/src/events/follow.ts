import type { Codes } from '@yuanliu/core'
import type { EpcFormat } from '../lib/http/gs1-headers.ts'
import { load, positionAt, type Reader, type SearchParts, sought } from './event-search.ts'
import { type Captured, captured, type Judge, judgeOf } from './judge.ts'
import { type Heading, type Notation, type Presented, present } from './present.ts'
import { type Condition, type EventQuery, type Parameters, parseQuery } from './query.ts'
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
  query(parameters: Parameters, at: '/query/' | '/'): StandingQuery
  /** What was captured behind `after`, up to and with `upTo`, at most `limit`; ready to be judged. */
  after(after: number, upTo: number, limit: number): Promise<Captured[]>
  /** Of these, what fulfils the query: asked of the database. */
  matching(query: EventQuery, after: number, upTo: number, limit: number): Promise<Captured[]>
  /** Leaves out what is in quarantine and was reported by somebody else than the reader. */
  visible(events: readonly Captured[], reader: Reader): Promise<Captured[]>
  /** As many events from the front as one document takes, about `bytes` of them and at least one. */
  document(events: readonly Captured[], format: EpcFormat, heading: Heading, bytes: number): Promise<Presented>
  /** A position before everything that was recorded at `time` (microseconds) or later. */
  positionBefore(time: number): Promise<number>
  /** Capture position: everything acknowledged is at or before it. */
  position(): Promise<number>
}

/** Clocks of the processes that write may differ by so many microseconds. */
const CLOCK_SKEW = 10 * 60 * 1_000_000

export function createFollow(parts: SearchParts, codes: Codes, notation: (format: EpcFormat) => Notation): Follow {
  const { db, terms, parties } = parts

  async function readied(rows: readonly CapturedEvent[]): Promise<Captured[]> {
    await terms.load(rows.flatMap(r => [r.biz_step, r.disposition, r.read_point, r.biz_location]))
    return rows.map(captured)
  }

  return {
    query(parameters, at) {
      const query = parseQuery(parameters, at, codes)
      return { query, judge: judgeOf(query.conditions, terms) }
    },
    after: async (after, upTo, limit) => readied(await eventsByPosition(db, after, upTo, limit)),
    async matching({ conditions }, after, upTo, limit) {
      const all: Condition[] = [...conditions, { on: 'position', from: after + 1 }]
      const selected = await sought(all, upTo, db, terms)
      if (selected.some(c => 'numbers' in c && c.numbers.length === 0)) return []
      return readied(await eventsInOrder(db, selected, upTo, limit))
    },
    async visible(events, { organisation, isAdmin }) {
      if (isAdmin || !parties.quarantine || !events.length) return [...events]
      const known = await parties.of(new Set(events.map(e => e.organisation)))
      return events.filter(e => e.organisation === organisation || known.get(e.organisation)?.quarantined === false)
    },
    document: async (events, format, heading, bytes) =>
      present(await load(db, events, bytes), notation(format), false, heading),
    async positionBefore(time) {
      return (await positionAt(db, time - CLOCK_SKEW, await parts.position())) - 1
    },
    position: parts.position,
  }
}
