import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { lenientKey, objectXml, p, post, startXml, stopXml, strictKey, xmlDocument } from './xml.fixture.ts'

beforeAll(startXml)
afterAll(stopXml)

const OLD = 'xmlns:epcis="urn:epcglobal:epcis:xsd:1"'

function send(body: string, type: string, headers: Record<string, string> = {}, key = strictKey) {
  return p.call('/epcis/capture', { method: 'POST', key, body, headers: { 'content-type': type, ...headers } })
}
const json = (schemaVersion: unknown) => JSON.stringify({ ...documentOf([objectEvent()]), schemaVersion })

describe('the version of a document', () => {
  it.each(['2.0', '2', '2.0.0', '2.0.1'])('%s is taken in JSON and XML', async version => {
    expect((await send(json(version), 'application/json')).status).toBe(202)
    expect((await post(xmlDocument(objectXml(), { version }))).status).toBe(202)
  })

  it.each(['1.0', '1.1', '1.2', '1.2.2'])('%s is taken in XML of EPCIS 1', async version => {
    const event = objectXml().replace(/<eventID>.*<\/eventID>/, '')
    expect((await post(xmlDocument(event, { root: OLD, version }))).status).toBe(202)
  })

  it.each(['3.0', '9', '2.7', '1.2'])(
    '%s in JSON or XML of 2.0: refused with a pointer, remarked upon by lenient keys',
    async version => {
      const refused = await send(json(version), 'application/json')
      expect(refused.status).toBe(400)
      const problem = await refused.json()
      expect(problem).toMatchObject({ type: 'epcisException:ValidationException' })
      expect(problem.errors).toEqual([{ pointer: '/schemaVersion', message: expect.stringMatching(/2\.0/) }])
      const xml = await post(xmlDocument(objectXml(), { version }))
      expect(xml.status).toBe(400)
      expect(xml.problem.errors.map(e => e.pointer)).toEqual(['/epcis:EPCISDocument/@schemaVersion'])

      const taken = await post(xmlDocument(objectXml(), { version }), {}, lenientKey)
      expect(taken.receipts.map(r => [r.status, r.remarks])).toEqual([['accepted', ['schema-version']]])
      expect((await send(json(version), 'application/json', {}, lenientKey)).status).toBe(202)
    },
  )
})

describe('the version headers of a request', () => {
  it.each([
    ['GS1-EPCIS-Version', '9.9'],
    ['GS1-EPCIS-Version', '1.2'],
    ['GS1-CBV-Version', '7'],
    ['GS1-CBV-Version', 'new'],
  ])('%s: %s is refused with 406 that names it', async (name, version) => {
    for (const path of ['/epcis/capture', '/epcis/events', '/epcis/queries']) {
      const answer = await p.call(path, { method: 'POST', body: '{}', headers: { [name]: version } })
      expect(answer.status, path).toBe(406)
      const problem = await answer.json()
      expect(problem).toMatchObject({ type: 'epcisException:NotAcceptableException' })
      expect(problem.errors[0].pointer).toBe(`/headers/${name}`)
    }
  })

  it('take what there is, also that of XML of EPCIS 1', async () => {
    for (const version of ['2', '2.0', '2.0.0', '2.0.1']) {
      const headers = { 'GS1-EPCIS-Version': version, 'GS1-CBV-Version': version }
      expect((await send(json('2.0'), 'application/json', headers)).status).toBe(202)
    }
    const headers = { 'GS1-EPCIS-Version': '1.2', 'GS1-CBV-Version': '1.2' }
    const event = objectXml().replace(/<eventID>.*<\/eventID>/, '')
    expect((await send(xmlDocument(event, { root: OLD, version: '1.2' }), 'application/xml', headers)).status).toBe(202)
  })
})
