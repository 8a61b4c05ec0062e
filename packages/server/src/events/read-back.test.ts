import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const FOLDERS = ['gs1-epcis', 'openepcis-test-resources'].map(name => join(ROOT, '../shared/vectors', name))
const present = FOLDERS.filter(existsSync)

interface Sample {
  file: string
  text: string
  context: unknown
  events: Record<string, unknown>[]
}

/** Every JSON file that holds an EPCIS document, or a single event. */
function samples(): Sample[] {
  const found: Sample[] = []
  for (const folder of present) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.json(ld)?$/.test(name)) continue
      const file = join(folder, name)
      const text = readFileSync(file, 'utf8')
      let value: Record<string, unknown> & { epcisBody?: Record<string, unknown> }
      try {
        value = JSON.parse(text)
      } catch {
        continue
      }
      const body = value.epcisBody as { eventList?: unknown; queryResults?: { resultsBody?: { eventList?: unknown } } }
      const events = body?.eventList ?? body?.queryResults?.resultsBody?.eventList
      if (Array.isArray(events)) found.push({ file, text, context: value['@context'], events })
    }
  }
  return found
}

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

async function pages(query: string, format: string): Promise<Record<string, unknown>[]> {
  const documents: Record<string, unknown>[] = []
  let next: string | null = `/epcis/events?${query}`
  while (next) {
    const answer: Response = await p.call(next, { headers: { 'gs1-epc-format': format } })
    expect(answer.status).toBe(200)
    documents.push(await answer.json())
    const link = answer.headers.get('link')
    next = link ? (/^<https:\/\/trace\.example\.org(.*)>/.exec(link)?.[1] as string) : null
  }
  return documents
}
const eventsOf = (document: Record<string, unknown>) =>
  (document as { epcisBody: { queryResults: { resultsBody: { eventList: Record<string, unknown>[] } } } }).epcisBody
    .queryResults.resultsBody.eventList

// The vectors lie beside the project; without them there is nothing to compare (skipped: "no vectors").
describe.skipIf(present.length === 0)(`read back${present.length ? '' : ' (skipped: no vectors)'}`, () => {
  it('gives every event of every document as it was sent, with what only the repository knows', {
    timeout: 120_000,
  }, async () => {
    const sent: Record<string, unknown>[] = []
    let refused = 0
    for (const { text } of samples()) {
      const answer = await p.call('/epcis/capture', { method: 'POST', body: text })
      if (answer.status !== 202) {
        expect(answer.status).toBe(400)
        refused++
        continue
      }
      const id = answer.headers.get('location')?.split('/').at(-1)
      const lines = await (await p.call(`/api/captures/${id}/receipts`)).text()
      const receipts = lines
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line) as { ordinal: number; status: string })
      const events = JSON.parse(text).epcisBody
      const list = events.eventList ?? events.queryResults.resultsBody.eventList
      for (const { ordinal, status } of receipts) if (status === 'accepted') sent.push(list[ordinal])
    }
    const thisYear = new RegExp(`^${new Date().getUTCFullYear()}`)
    expect(sent.length).toBeGreaterThan(50)
    expect(refused).toBeLessThan(samples().length / 2)

    const order = 'orderBy=recordTime&orderDirection=ASC&perPage=50'
    const untouched = await pages(order, 'Never_Translates')
    const known = { eventID: expect.any(String), recordTime: expect.stringMatching(thisYear) }
    expect(untouched.flatMap(eventsOf)).toEqual(
      sent.map(event => ({ ...known, ...event, recordTime: known.recordTime })),
    )

    // Whatever the notation and the page, each event means what it meant: captured again nothing of it is new.
    for (const format of ['Never_Translates', 'Always_GS1_Digital_Link', 'Always_EPC_URN']) {
      for (const document of await pages(order, format)) {
        if (!eventsOf(document).length) continue
        const { counts } = await p.capture(document)
        expect(counts, format).toMatchObject({ duplicate: counts.events, conflict: 0, accepted: 0 })
      }
    }
  })

  it('keeps bytes, not values: numbers, escapes and the order of members', async () => {
    const event = `{"eventTimeZoneOffset":"+08:00","type":"ObjectEvent", "action":"OBSERVE","eventID":"urn:example:bytes",
      "eventTime":"2026-10-01T08:00:00.000+08:00","epcList":["urn:epc:id:sgtin:9521234.054321.\\u0062ytes"],"ext:n":[1.10,1e2,12345678901234567890.5]}`
    const document = `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ext":"https://ns.example.org/ext/"}],
      "type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-01T00:00:00Z","epcisBody":{"eventList":[${event}]}}`
    expect((await p.call('/epcis/capture', { method: 'POST', body: document })).status).toBe(202)
    const answer = await p.call('/epcis/events/urn%3Aexample%3Abytes', {
      headers: { 'gs1-epc-format': 'Never_Translates' },
    })
    expect(await answer.text()).toContain(`${event.slice(0, -1)},"recordTime":"`)
  })
})
