import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { OpenAPIClientAxios } from 'openapi-client-axios'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from './support/platform.ts'

/** Clients that others wrote, against this platform. */

let p: Platform
let key: string
beforeAll(async () => {
  p = await startPlatform()
  key = await p.key('integrator')
})
afterAll(() => p.stop())

/** The part of epcis2.js that is used here; its own types come from a package apart. */
interface Epcis2 {
  setup(settings: Record<string, unknown>): void
  ObjectEvent: new () => Epcis2Event
  EPCISDocument: new () => { addEvent(event: Epcis2Event): unknown; isValid(): boolean }
  BizLocation: new (value: { id: string }) => unknown
  CaptureResponse: new (
    response: Response,
  ) => { pollForTheCaptureToFinish(tries: number, ms: number): Promise<void>; getSuccessStatus(): boolean }
  capture(document: unknown): Promise<Response>
  cbv: { actionTypes: { add: string }; bizSteps: { commissioning: string } }
}
interface Epcis2Event {
  setEventTime(time: string): Epcis2Event
  setEventTimeZoneOffset(offset: string): Epcis2Event
  setEventID(id: string): Epcis2Event
  setAction(action: string): Epcis2Event
  setBizStep(step: string): Epcis2Event
  setBizLocation(place: unknown): Epcis2Event
  addEPC(epc: string): Epcis2Event
}

describe('epcis2.js', () => {
  it('makes events, captures them and follows the job; they are read back', async () => {
    const epcis2 = createRequire(import.meta.url)('epcis2.js') as Epcis2
    epcis2.setup({
      apiUrl: `${p.url}/epcis`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    })
    const id = `urn:uuid:${randomUUID()}`
    const epc = 'https://id.gs1.org/01/09521234543213/21/epcis2js'
    const event = new epcis2.ObjectEvent()
      .setEventTime('2026-10-01T08:00:00.000+08:00')
      .setEventTimeZoneOffset('+08:00')
      .setEventID(id)
      .setAction(epcis2.cbv.actionTypes.add)
      .setBizStep(epcis2.cbv.bizSteps.commissioning)
      .setBizLocation(new epcis2.BizLocation({ id: 'https://id.gs1.org/414/9521321000010' }))
      .addEPC(epc)
    const document = new epcis2.EPCISDocument()
    document.addEvent(event)
    expect(document.isValid()).toBe(true)

    const answer = await epcis2.capture(document)
    expect(answer.status, await answer.clone().text()).toBe(202)
    const job = new epcis2.CaptureResponse(answer)
    await job.pollForTheCaptureToFinish(100, 50)
    expect(job.getSuccessStatus()).toBe(true)
    const found = await p.call(`/epcis/events?MATCH_epc=${encodeURIComponent(epc)}`, { key })
    const [back] = (await found.json()).epcisBody.queryResults.resultsBody.eventList
    expect(back).toMatchObject({ eventID: id, action: 'ADD', bizStep: 'commissioning', epcList: [epc] })
  })
})

describe('a client made of the OpenAPI description by openapi-client-axios', () => {
  it('captures, queries, traces, reads codes, and is told what is wrong', async () => {
    const definition = await (await p.call('/api/openapi.json', { key: null })).json()
    const api = new OpenAPIClientAxios({
      definition,
      withServer: { url: p.url },
      axiosConfigDefaults: { headers: { authorization: `Bearer ${key}` }, validateStatus: () => true },
    })
    const client = await api.init()
    type Call = (parameters?: unknown, body?: unknown) => Promise<{ status: number; data: unknown }>
    const operations = client as unknown as Record<string, Call>
    const call = async (id: string, ...input: Parameters<Call>) => {
      const { status, data } = (await operations[id]?.(...input)) ?? { status: 0, data: `no operation ${id}` }
      return { status, data }
    }
    const holding = (eventList: object[]) => ({
      status: 200,
      data: { type: 'EPCISQueryDocument', epcisBody: { queryResults: { resultsBody: { eventList } } } },
    })
    const epc = 'https://id.gs1.org/01/09521234543213/21/openapi'
    const event = {
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
      type: 'ObjectEvent',
      eventID: `urn:uuid:${randomUUID()}`,
      eventTime: '2026-10-01T08:00:00+08:00',
      eventTimeZoneOffset: '+08:00',
      action: 'ADD',
      bizStep: 'commissioning',
      epcList: [epc],
    }
    expect(await call('captureEvent', null, event)).toMatchObject({ status: 201 })
    expect(await call('captureEvent', null, event)).toMatchObject({
      status: 409,
      data: { type: 'epcisException:ResourceAlreadyExistsException' },
    })
    const { eventID } = event
    const query = { MATCH_anyEPC: epc, EQ_bizStep: 'commissioning', perPage: 5 }
    expect(await call('queryEvents', query)).toMatchObject(holding([{ eventID }]))
    // The client writes lists as the description says only in the addresses that it makes.
    const several = { MATCH_anyEPC: epc, EQ_bizStep: ['packing', 'commissioning'] }
    const { url } = api.getRequestConfigForOperation('queryEvents', [several])
    expect(url).toContain('EQ_bizStep=packing%7Ccommissioning')
    expect(await client.get(url)).toMatchObject(holding([{ eventID }]))
    expect(await call('getEvent', { id: eventID })).toMatchObject(holding([{ eventID }]))
    expect(await call('searchEvents', null, { MATCH_anyEPC: [epc] })).toMatchObject(holding([{ eventID }]))
    expect(await call('getTrace', { code: epc, direction: 'forward' })).toMatchObject({
      data: { code: epc, direction: 'forward', events: [{ id: eventID }] },
    })
    expect(await call('parseCode', { text: '(01)09521234543213(21)openapi' })).toMatchObject({
      data: { readings: expect.arrayContaining([expect.objectContaining({ ok: true, canonical: epc })]) },
    })
    expect(await call('listBizSteps', { perPage: 100 })).toMatchObject({
      data: { member: expect.arrayContaining(['shipping']) },
    })
    expect(await call('listKeys')).toMatchObject({ status: 403 })
  })
})
