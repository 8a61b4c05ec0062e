import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import type { Queryable } from '../lib/db/db.ts'
import { crypto, logged } from './reading.fixture.ts'
import { logKeyFolder } from './signing.fixture.ts'
import { verifyDatabase } from './verify.ts'

/** What is derived from events is held against their bytes. */

const ITEM = 'https://id.gs1.org/01/09521234543213/21/D'
const LOT = 'https://id.gs1.org/01/09521234543213/10/L'
const SSCC = 'https://id.gs1.org/00/095213210000000018'
const named = (n: number) => `urn:uuid:00000000-0000-4000-8000-00000000000${n}`
const kilos = (epcClass: string, quantity: number) => ({ epcClass, quantity, uom: 'KGM' })
/** an event of every kind: each takes another way through capture */
const EVENTS = [
  objectEvent({ eventID: named(1), epcList: [`${ITEM}1`, `${ITEM}2`] }),
  objectEvent({ eventID: named(2), epcList: undefined, quantityList: [kilos(`${LOT}1`, 12.5), kilos(`${LOT}1`, 2)] }),
  objectEvent({ eventID: undefined, epcList: [`${ITEM}3`], 'ext:note': 'named by its hash' }),
  objectEvent({ eventID: `ni:///sha-256;${'0'.repeat(64)}?ver=CBV2.0`, epcList: [`${ITEM}4`] }),
  objectEvent({ eventTime: new Date(Date.now() + 3_600_000).toISOString(), epcList: [`${ITEM}5`] }),
  {
    ...objectEvent({ eventID: named(3), epcList: undefined, disposition: undefined }),
    type: 'AggregationEvent',
    action: 'ADD',
    parentID: SSCC,
    childEPCs: [`${ITEM}1`],
    childQuantityList: [kilos(`${LOT}1`, 3)],
    sourceList: [{ type: 'owning_party', source: 'https://id.gs1.org/417/9521321000010' }],
  },
  {
    ...objectEvent({ eventID: named(4), epcList: undefined, action: undefined }),
    type: 'TransformationEvent',
    inputQuantityList: [kilos(`${LOT}1`, 5)],
    outputEPCList: [`${ITEM}6`],
    ilmd: { 'ext:made': '2026' },
  },
  objectEvent({
    eventID: named(1),
    epcList: [`${ITEM}1`, `${ITEM}2`],
    errorDeclaration: { declarationTime: '2026-10-02T08:00:00.000+08:00', reason: 'incorrect_data' },
  }),
  // declared in error before it came
  objectEvent({
    eventID: named(5),
    errorDeclaration: { declarationTime: '2026-10-02T08:00:00.000+08:00' },
  }),
]
const XML = `<?xml version="1.0"?><epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-11-01T00:00:00Z"><EPCISBody><EventList>
<ObjectEvent><eventTime>2026-10-01T08:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset><epcList><epc>urn:epc:id:sgtin:9521234.054321.X1</epc></epcList><action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:nobody_knows</bizStep></ObjectEvent>
</EventList></EPCISBody></epcis:EPCISDocument>`

const keys = logKeyFolder('trace.example.org/log', crypto)
let platform: Platform
let total = 0
beforeAll(async () => {
  platform = await startPlatform(keys.env)
  await platform.capture(documentOf(EVENTS))
  const lenient = await platform.key('lenient', ['capture'], 'lenient')
  await platform.capture(documentOf([objectEvent({ epcList: [`${ITEM}7`, `${ITEM}7`], bizStep: 'own_word' })]), {
    key: lenient,
  })
  const answer = await platform.call('/epcis/capture', {
    method: 'POST',
    body: XML,
    headers: { 'content-type': 'application/xml' },
  })
  expect(answer.status).toBe(202)
  // Plain events by the hundred: the way of most.
  await platform.capture(
    documentOf(Array.from({ length: 600 }, (_, i) => objectEvent({ epcList: [`${ITEM}P${i}`, `${ITEM}Q${i % 7}`] }))),
  )
  total = EVENTS.length + 602
  await logged(platform, total)
})
afterAll(async () => {
  await platform.stop()
  keys.remove()
})

const db = () => platform.running.parts.db
const outside = () => ({ key: () => null, known: async () => [], codes: platform.running.parts.codes })
class Undo extends Error {}

/** Findings while something is altered; the database is as before afterwards. */
async function findingsWith(alter: (tx: Queryable) => Promise<unknown>): Promise<string[]> {
  let found: string[] = []
  await db()
    .tx(async tx => {
      await alter(tx)
      found = (await verifyDatabase({ ...db(), ...tx }, outside())).findings.map(f => `${f.at}: ${f.words.en}`)
      throw new Undo()
    })
    .catch(error => {
      if (!(error instanceof Undo)) throw error
    })
  return found
}

const event = (n: number) => `key = (select key from event where id = '${named(n)}' and part = 0) and part = 0`
const units = (n: number) => `event = (select key from event where id = '${named(n)}' and part = 0)`

describe('what is derived from the bytes of events', () => {
  it('is as capture wrote it, whichever way an event came', async () => {
    expect(await verifyDatabase(db(), outside())).toMatchObject({ findings: [], opened: total, waiting: 0 })
  })

  const cases: [string, string, RegExp][] = [
    ['the type', `update event set type = 3 where ${event(1)}`, /^entry \d+: .*event \(type\)/],
    ['the action', `update event set action = 1 where ${event(1)}`, /event \(action\)/],
    ['the time', `update event set time = time + 1 where ${event(1)}`, /event \(time\)/],
    ['the time zone', `update event set zone = 0 where ${event(1)}`, /event \(zone\)/],
    ['the step', `update event set biz_step = disposition where ${event(1)}`, /event \(biz_step\)/],
    ['a disposition put in', `update event set disposition = biz_step where ${event(3)}`, /event \(disposition\)/],
    [
      'places',
      `update event set read_point = null, biz_location = null where ${event(1)}`,
      /\(read_point, biz_location\)/,
    ],
    ['the text of units', `update event set units = replace(units, 'D1', 'D9') where ${event(1)}`, /event \(units\)/],
    ['where goods came from', `update event set flow = null where ${event(3)}`, /event \(flow\)/],
    ['an error declaration', "update event set declaration = '\\x00' where part > 0", /event \(declaration\)/],
    ['a declaration posing as an event', `update event set part = 0 where id = '${named(5)}'`, /event \(part\)/],
    ['a remark', 'update event set flags = flags & ~4 where flags & 4 <> 0', /event \(flags\)/],
    ['a right to void', `update event set flags = flags | 8 where ${event(1)}`, /event \(flags\)/],
    ['a time in the future', 'update event set flags = flags & ~1 where flags & 1 <> 0', /event \(flags\)/],
    ['what was overlooked', 'update event set flags = flags & ~128 where flags & 128 <> 0', /event \(flags\)/],
    ['a term', "update term set text = 'receiving' where text = 'shipping'", /event \(biz_step/],
    [
      'a unit that is gone',
      `delete from event_unit where ${units(1)} and unit like '%D2'`,
      /^event urn:uuid:00000000-0000-4000-8000-000000000001: .*event_unit \(missing\) 01\/09521234543213\/21\/D2/,
    ],
    [
      'a unit changed',
      `update event_unit set unit = replace(unit, 'D2', 'D8') where ${units(1)}`,
      /event_unit \(missing\)/,
    ],
    ['its kind', `update event_unit set kind = 1 where ${units(3)}`, /event_unit \(kind\)/],
    [
      'its parent',
      `update event_unit set parent = null where ${units(3)} and parent is not null`,
      /event_unit \(parent\)/,
    ],
    [
      'a parent moved into its unit',
      `update event_unit set unit = unit || '|' || parent, parent = null where ${units(3)} and parent is not null`,
      /event_unit \(missing\)/,
    ],
    ['its quantity', `update event_unit set quantity = 99 where ${units(2)}`, /event_unit \(quantity\)/],
    ['its unit of measure', `update event_unit set uom = uom + 1 where ${units(2)}`, /event_unit \(uom\)/],
    ['its time', `update event_unit set time = time - 1 where ${units(4)}`, /one too many/],
    [
      'a unit of an event put in',
      `insert into event_unit (unit, time, event, role, kind) select 'x', time, event, role, kind from event_unit where ${units(1)} limit 1`,
      /^event urn:uuid:00000000-0000-4000-8000-000000000001: A row that .*: event_unit \(one too many\) x/,
    ],
    [
      'a unit put in of an event that there is not',
      "insert into event_unit (unit, time, event, role, kind) values ('y', 0, gen_random_uuid(), 0, 0)",
      /one too many\) y/,
    ],
  ]
  it.each(cases)('is found altered: %s', async (_what, statement, expected) => {
    const found = await findingsWith(async tx => {
      await tx.script(statement)
    })
    expect(
      found.find(f => expected.test(f)),
      found.slice(0, 3).join('\n') || 'nothing was found',
    ).toBeDefined()
  })

  it('is not all: an event put in beyond the clock, with its units, is found', async () => {
    const found = await findingsWith(tx =>
      tx.script(`
        create temporary table put_in on commit drop as select * from event where ${event(1)};
        update put_in set key = gen_random_uuid(), id = 'urn:uuid:put-in', position = (select position + 1000 from capture_clock);
        insert into event_unit (unit, time, event, role, kind)
          select u.unit, u.time, p.key, u.role, u.kind from event_unit u, put_in p where u.event = (select key from event where ${event(1)});
        insert into event select * from put_in`),
    )
    expect(found).toEqual([expect.stringMatching(/^event urn:uuid:put-in: .*has no entry in the log/)])
  })

  it('of many is told of those alone that differ', async () => {
    const found = await findingsWith(tx => tx.script(`update event set zone = 1 where position between 300 and 302`))
    expect(found.map(f => f.split(':')[0])).toEqual(['entry 299', 'entry 300', 'entry 301'])
  })
})
