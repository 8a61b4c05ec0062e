import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT, documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const blocks = async () =>
  (await p.running.parts.db.row<{ n: number }>(sql`select count(*) as n from event_block`))?.n ?? 0

describe('events that come alone, at the same time', () => {
  it('share blocks; each is found, with its own bytes, also where one of them was known', async () => {
    const known = objectEvent()
    await p.capture(documentOf([known]))
    const before = await blocks()
    const events = Array.from({ length: 60 }, () => objectEvent())
    const sent = [...events, events[7], known]
    const answers = await Promise.all(
      sent.map(event =>
        p.call('/epcis/events', { method: 'POST', body: JSON.stringify({ '@context': [CONTEXT], ...event }) }),
      ),
    )
    const statuses = answers.map(a => a.status)
    expect(statuses.filter(s => s === 201)).toHaveLength(60)
    expect(statuses.filter(s => s === 409)).toHaveLength(2)
    for (const event of events) {
      const id = String(event.eventID)
      const answer = await p.call(`/epcis/events/${encodeURIComponent(id)}`)
      expect(answer.status).toBe(200)
      const { eventList } = (await answer.json()).epcisBody.queryResults.resultsBody
      expect(eventList).toMatchObject([{ eventID: id, eventTime: event.eventTime, readPoint: event.readPoint }])
    }
    // Settled ones have a block each; the others came in few transactions.
    const more = (await blocks()) - before
    expect(more).toBeGreaterThan(0)
    expect(more).toBeLessThan(60)
  })

  it('do so with small documents, whose receipts stay their own', async () => {
    const documents = Array.from({ length: 12 }, (_, i) => Array.from({ length: i + 1 }, () => objectEvent()))
    const taken = await Promise.all(documents.map(events => p.capture(documentOf(events))))
    for (const [i, { id, counts }] of taken.entries()) {
      expect(counts).toMatchObject({ accepted: i + 1, events: i + 1 })
      const text = await (await p.call(`/api/captures/${id}/receipts`)).text()
      expect(
        text
          .trim()
          .split('\n')
          .map(line => JSON.parse(line).eventID),
      ).toEqual(documents[i]?.map(e => e.eventID))
    }
  })
})
