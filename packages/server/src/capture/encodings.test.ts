import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { xmlAsUtf8 } from '../lib/http/charset.ts'
import { objectXml, p, ROOT, startXml, stopXml, xmlDocument } from './xml.fixture.ts'

beforeAll(startXml)
afterAll(stopXml)

const FIELD = '<ext:name>源流 𝒀</ext:name>'

function utf16(text: string, order: 'le' | 'be', mark = true): Buffer {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

async function send(path: string, body: Buffer | string, type: string) {
  return p.call(path, { method: 'POST', body: body as BodyInit, headers: { 'content-type': type } })
}

const sixteen = (text: string) => text.replace('encoding="UTF-8"', "encoding='UTF-16'")

describe('XML in UTF-16', () => {
  it.each<[string, (text: string) => Buffer, string]>([
    ['big-endian with its mark', text => utf16(text, 'be'), 'application/xml'],
    ['little-endian with its mark', text => utf16(text, 'le'), 'text/xml; charset=utf-16'],
    ['big-endian without one', text => utf16(text, 'be', false), 'application/xml; charset="UTF-16BE"'],
    ['little-endian without one', text => utf16(text, 'le', false), 'application/xml'],
  ])('%s is read', async (_name, encoded, type) => {
    const id = `urn:uuid:${randomUUID()}`
    const taken = await send('/epcis/capture', encoded(sixteen(xmlDocument(objectXml(FIELD, id)))), type)
    expect(taken.status, await taken.clone().text()).toBe(202)
    const lone = `urn:uuid:${randomUUID()}`
    const single = objectXml(FIELD, lone).replace('<ObjectEvent>', `<ObjectEvent ${ROOT}>`)
    const one = await send('/epcis/events', encoded(`<?xml version="1.0" encoding='UTF-16'?>${single}`), type)
    expect(one.status, await one.clone().text()).toBe(201)
    for (const eventID of [id, lone]) {
      const found = await (await p.call(`/epcis/events/${encodeURIComponent(eventID)}`)).json()
      expect(found.epcisBody.queryResults.resultsBody.eventList[0]['ext:name']).toBe('源流 𝒀')
    }
  })

  it('that is none, or breaks off within a character, is 400', async () => {
    const text = sixteen(xmlDocument(objectXml(FIELD)))
    for (const bytes of [utf16(`${text}\ud800x`, 'le'), utf16(text, 'be').subarray(0, -1)])
      expect((await send('/epcis/capture', bytes, 'application/xml')).status).toBe(400)
  })

  it('is written anew in pieces, wherever they are cut', async () => {
    const text = `<?xml version="1.0" encoding="UTF-16" standalone="yes"?><a>${'源𝒀'.repeat(500)}</a>`
    for (const size of [1, 2, 3, 7, 4_000]) {
      const bytes = utf16(text, 'be')
      async function* cut() {
        for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
      }
      const pieces: Buffer[] = []
      for await (const piece of xmlAsUtf8(cut(), null)) pieces.push(piece)
      expect(Buffer.concat(pieces).toString()).toBe(text.replace(' encoding="UTF-16"', ''))
      for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(Math.max(1_000, 2 * size) * 2)
    }
  })
})

describe('what is no UTF-16 is refused with its place', () => {
  it.each([
    ['a zero before XML in UTF-8', Buffer.from(`\0${xmlDocument(objectXml())}`), { line: 1 }],
    ['half of a pair', Buffer.from('\ufeff<a>\n<b>\ud800x</b></a>', 'utf16le'), { line: 2, column: 4 }],
    ['a byte too few', Buffer.from('\ufeff<a>\n</a>', 'utf16le').subarray(0, -1), { line: 2 }],
  ])('%s', async (_what, body, place) => {
    const answer = await send('/epcis/capture', body, 'application/xml')
    expect(answer.status).toBe(400)
    const { detail, errors } = await answer.json()
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('UTF-16'), ...place })])
    expect(detail).toContain(`line ${errors[0].line}, column ${errors[0].column}`)
  })
})

describe('other encodings are refused in words', () => {
  const json = () => JSON.stringify(documentOf([objectEvent()]))

  it.each(['GBK', 'iso-8859-1', '"gb18030"', 'utf-16'])('JSON with charset=%s: 415', async charset => {
    for (const path of ['/epcis/capture', '/epcis/events', '/epcis/queries', '/api/events/search']) {
      const answer = await send(path, json(), `application/json; charset=${charset}`)
      expect(answer.status, path).toBe(415)
      expect((await answer.json()).detail).toContain('UTF-8')
    }
  })

  it('XML in GBK: 415; UTF-8 and ASCII are taken', async () => {
    expect((await send('/epcis/capture', xmlDocument(objectXml()), 'application/xml; charset=GBK')).status).toBe(415)
    for (const charset of ['utf-8', 'UTF8', '"utf-8"', 'us-ascii']) {
      expect(
        (await send('/epcis/capture', xmlDocument(objectXml()), `application/xml;charset=${charset}`)).status,
      ).toBe(202)
      expect((await send('/epcis/capture', json(), `application/json; charset=${charset}`)).status).toBe(202)
    }
  })
})
