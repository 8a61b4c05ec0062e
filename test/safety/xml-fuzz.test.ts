import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 150)

let p: Platform
let lenientKey = ''
beforeAll(async () => {
  p = await startPlatform({ LOG_LEVEL: 'silent' })
  lenientKey = await p.key('lenient-org', ['capture', 'read'], 'lenient')
})
afterAll(() => p.stop())

const eventCount = async () =>
  (await p.running.parts.db.row<{ n: number }>(sql`select count(*) as n from event`))?.n ?? 0

/** A document of every kind of part; each with ids of its own. */
function freshXml(): string {
  const id = () => `<eventID>urn:uuid:${randomUUID()}</eventID>`
  const when = '<eventTime>2026-10-01T08:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>'
  return `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE project>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:e="https://e.example.org/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" schemaVersion="2.0" creationDate="2026-10-01T08:00:00Z">
<EPCISHeader><extension><EPCISMasterData><VocabularyList><Vocabulary type="urn:v"><VocabularyElementList><VocabularyElement id="urn:m:1"><attribute id="urn:a">甲</attribute></VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension></EPCISHeader>
<EPCISBody><EventList><!-- c -->
<ObjectEvent e:z="1">${when}${id()}<epcList><epc>urn:epc:id:sgtin:9521234.054321.${randomUUID()}</epc></epcList><action>ADD</action><bizStep>cbv:BizStep-shipping</bizStep><bizLocation><id>urn:epc:id:sgln:9521321.00001.0</id><e:x/></bizLocation><bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:po:1</bizTransaction></bizTransactionList><quantityList><quantityElement><epcClass>urn:epc:class:lgtin:9521234.054321.L</epcClass><quantity>1.5</quantity><uom>KGM</uom></quantityElement></quantityList><sensorElementList><sensorElement><sensorMetadata time="2026-10-01T08:00:00Z"/><sensorReport type="gs1:Temperature" value="26.0" uom="CEL" booleanValue="true"/></sensorElement></sensorElementList><persistentDisposition><unset>urn:epcglobal:cbv:disp:active</unset><set>urn:epcglobal:cbv:disp:expired</set></persistentDisposition><ilmd><e:lot a="b">&lt;1&gt;<![CDATA[x]]></e:lot></ilmd><e:more><e:in>1</e:in><e:in>2</e:in></e:more></ObjectEvent>
<TransformationEvent>${when}${id()}<errorDeclaration><declarationTime>2026-10-02T08:00:00Z</declarationTime><reason>urn:epcglobal:cbv:er:incorrect_data</reason><correctiveEventIDs><correctiveEventID>urn:x:1</correctiveEventID></correctiveEventIDs></errorDeclaration><inputEPCList><epc>urn:x:a</epc></inputEPCList><outputEPCList><epc>urn:x:b</epc></outputEPCList></TransformationEvent>
<extension><e:Own>${when}${id()}<a>1</a></e:Own></extension>
</EventList></EPCISBody></epcis:EPCISDocument>`
}

/** Replaces, removes, doubles or inserts a piece; pieces are whole tags as often as bytes. */
const change = fc.record({
  at: fc.nat(),
  length: fc.nat(80),
  how: fc.nat(3),
  tag: fc.boolean(),
  piece: fc.constantFrom(
    '<',
    '>',
    '&',
    '"',
    '/',
    ' ',
    '\u0000',
    '\ud800',
    '&e;',
    '&#0;',
    '<!DOCTYPE x [<!ENTITY e "x">]>',
    '<?p?>',
    ']]>',
    '<![CDATA[',
    '<!--',
    '<epc>',
    '</epc>',
    '<extension>',
    '<EventList>',
    '</EventList>',
    '<ObjectEvent/>',
    '<e:x>',
    'xmlns=""',
    'xmlns:e="urn:q"',
    'xsi:nil="true"',
    '<action>ADD</action>',
    '山',
    '-1e400',
    '__proto__',
    '<quantity>NaN</quantity>',
    ' e:z="2"',
    '<__proto__/>',
    '<constructor/>',
  ),
})

function changed(
  text: string,
  changes: readonly { at: number; length: number; how: number; tag: boolean; piece: string }[],
): Buffer {
  for (const { at, length, how, tag, piece } of changes) {
    const i = tag ? Math.max(0, text.indexOf('<', at % text.length)) : at % text.length
    const end = tag ? text.indexOf('>', i) + 1 || text.length : i + length
    if (how === 0) text = text.slice(0, i) + piece + text.slice(i)
    else if (how === 1) text = text.slice(0, i) + text.slice(end)
    else if (how === 2) text = text.slice(0, end) + text.slice(i)
    else text = text.slice(0, i) + piece + text.slice(end)
  }
  return Buffer.from(text)
}

async function captured(path: string, body: Buffer, headers: Record<string, string>, key?: string): Promise<void> {
  const before = await eventCount()
  const answer = await p.call(path, {
    method: 'POST',
    body: body as BodyInit,
    headers: { 'content-type': 'application/xml', ...headers },
    ...(key && { key }),
  })
  const text = await answer.text()
  if (answer.status >= 500) expect.fail(`${answer.status} ${text}\n${body}`)
  let accepted = answer.status === 201 ? 1 : 0
  if (answer.status === 202) {
    const path = answer.headers.get('location')?.replace('https://trace.example.org', '') ?? ''
    const ask = async () => (await p.call(path)).json()
    await expect.poll(async () => (await ask()).running, { interval: 5 }).toBe(false)
    const job = await ask()
    accepted = job.counts.accepted
    const sum = job.counts.accepted + job.counts.duplicate + job.counts.conflict + job.counts.rejected
    expect(sum).toBe(job.counts.events)
  } else if (answer.status !== 201) {
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    const { errors } = JSON.parse(text)
    if (answer.status === 400)
      expect(errors[0]).toMatchObject({ line: expect.any(Number), message: expect.any(String) })
  }
  expect(await eventCount()).toBe(before + accepted)
}

describe(`changed XML (${RUNS} runs): never a 5xx, never a partial write, always a place`, () => {
  it('of documents, strict and lenient, rollback and proceed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 3 }),
        fc.boolean(),
        fc.boolean(),
        async (changes, proceed, lenient) => {
          const headers = { 'gs1-capture-error-behaviour': proceed ? 'proceed' : 'rollback' }
          await captured('/epcis/capture', changed(freshXml(), changes), headers, lenient ? lenientKey : undefined)
        },
      ),
      { numRuns: RUNS },
    ))

  it('of bare events', () =>
    fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 3 }), async changes => {
        const event = /<ObjectEvent[\s\S]*<\/ObjectEvent>/.exec(freshXml())?.[0] ?? ''
        const bare = event.replace('<ObjectEvent', '<ObjectEvent xmlns:e="https://e.example.org/"')
        await captured('/epcis/events', changed(bare, changes), {})
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    ))

  it('what was taken comes back in both bindings', async () => {
    for (const accept of ['application/xml', 'application/json'])
      for (const format of ['No_Preference', 'Never_Translates', 'Always_EPC_URN']) {
        const answer = await p.call('/epcis/events?perPage=500', { headers: { accept, 'gs1-epc-format': format } })
        expect(answer.status).toBe(200)
        await answer.text()
      }
    for (const { id } of await p.running.parts.db.rows<{ id: string }>(sql`select id::text as id from capture`)) {
      expect((await p.call(`/api/captures/${id}/receipts`)).status).toBe(200)
    }
  })
})
