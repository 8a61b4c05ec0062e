import type { Codes } from '@yuanliu/core'
import type { AnswerForm } from '../lib/http/answer-form.ts'
import { readDocuments } from './documents.ts'
import { languageOf, load, type Reader, type SearchParts } from './event-search.ts'
import type { EventView } from './fields.ts'
import { type Captured, captured, type Judge, judgeOf } from './judge.ts'
import type { Heading, Notation, Presented } from './notation.ts'
import { present } from './present.ts'
import { type EventQuery, type Parameters, parseQuery, type Test } from './query.ts'
import { eventViews, thingsOf } from './scan.ts'
import { CLOCK_SKEW, lastRecorded, positionAt, soughtOf } from './sought.ts'
import { type CapturedEvent, eventsByPosition, eventsInOrder, releasedBetween, type Sought } from './store.ts'

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
  /**
   * Leaves out what is in quarantine and was reported by somebody else than the reader. What has left it comes where it
   * was released, to those who could not see it before.
   */
  visible(events: readonly Captured[], reader: Reader): Promise<Captured[]>
  /** As many events from the front as one document takes, about `bytes` of them and at least one. */
  document(events: readonly Captured[], form: AnswerForm, heading: Heading, bytes: number): Promise<Presented>
  /** A position before everything that was recorded at `time` (microseconds) or later. */
  positionBefore(time: number): Promise<number>
  /** Position of the last event that was recorded at `time` (microseconds) or before, 0 for none. */
  recordedBy(time: number): Promise<number>
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

  /** With what left quarantine between the same positions; both in order, and as many as one of them may have. */
  async function withReleased(
    rows: CapturedEvent[],
    conditions: readonly Sought[],
    after: number,
    upTo: number,
    limit: number,
  ): Promise<CapturedEvent[]> {
    if (!parties.quarantine) return rows
    const released = await releasedBetween(db, conditions, after, upTo, limit)
    if (!released.length) return rows
    return [...rows, ...released].sort((a, b) => a.position - b.position).slice(0, limit)
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
    async after(after, upTo, limit) {
      const rows = await eventsByPosition(db, after, upTo, limit)
      return readied(await withReleased(rows, [], after, upTo, limit))
    },
    async matching({ conditions }, reader, after, upTo, limit) {
      const hidden = await parties.hiddenFrom(reader)
      const found: Captured[] = []
      const { sought, tests } = await soughtOf(conditions, { ...parts, hidden, upTo })
      if (sought.some(c => 'numbers' in c && c.numbers.length === 0)) return found
      const size = tests.length ? Math.max(limit, TESTED) : limit
      for (let from = after; ; ) {
        const own = await eventsInOrder(db, [...sought, { on: 'position', from: from + 1 }], upTo, size)
        const rows = await withReleased(own, sought, from, upTo, size)
        const last = rows.at(-1)
        found.push(...(await readied(tests.length ? await passing(rows, tests, hidden) : rows)))
        if (!last || rows.length < size || found.length >= limit) return found.slice(0, limit)
        from = last.position
      }
    },
    async visible(events, { organisation, isAdmin }) {
      if (isAdmin) return events.filter(e => !e.released)
      if (!parties.quarantine || !events.length) return [...events]
      const known = await parties.of(new Set(events.map(e => e.organisation)))
      return events.filter(e => {
        if (e.organisation === organisation) return !e.released
        const party = known.get(e.organisation)
        if (!party || party.quarantined) return false
        return e.released || party.released === 0 || e.position > (party.registered ?? 0)
      })
    },
    document: async (events, form, heading, bytes) =>
      present(await load(db, events, bytes), await notation(form), false, heading),
    async positionBefore(time) {
      return (await positionAt(db, time - CLOCK_SKEW, await parts.position())) - 1
    },
    recordedBy: async time => lastRecorded(db, time, await parts.position()),
    position: parts.position,
  }
}
