import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { createCompanyPrefixes } from '../lib/company-prefixes.ts'
import { sql } from '../lib/db/sql.ts'
import { startReadBack } from './read-back.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

const declared = { errorDeclaration: { declarationTime: '2026-11-01T00:00:00Z' } }
const idsOf = async (path: string) => {
  const answer = await p.call(path)
  expect(answer.status).toBe(200)
  const { epcisBody } = await answer.json()
  return epcisBody.queryResults.resultsBody.eventList.map((e: { eventID: string; errorDeclaration?: object }) =>
    e.errorDeclaration ? `${e.eventID} declared` : e.eventID,
  )
}
const byUnit = (unit: string, parameter = 'MATCH_epc', more = '') =>
  idsOf(`/epcis/events?${parameter}=${encodeURIComponent(unit)}${more}`)
const item = () => `https://id.gs1.org/01/09521234543213/21/${randomUUID().slice(0, 18)}`

describe('an error declaration without its event', () => {
  it('is found by its units, alone and together with the event when it comes', async () => {
    const epc = item()
    const event = objectEvent({ epcList: [epc] })
    const id = String(event.eventID)
    await p.capture(documentOf([{ ...event, ...declared }]))
    for (const parameter of ['MATCH_epc', 'MATCH_anyEPC'])
      expect(await byUnit(epc, parameter)).toEqual([`${id} declared`])
    expect(await byUnit(`${epc.slice(0, epc.indexOf('/21/'))}/21/*`, 'MATCH_epc', `&EQ_eventID=${id}`)).toHaveLength(1)
    expect(await byUnit(epc, 'MATCH_parentID')).toEqual([])
    // Another declaration, by somebody else.
    await p.capture(documentOf([{ ...event, ...declared }]), { key: await p.key('other-declarer') })
    expect(await byUnit(epc)).toHaveLength(2)
    await p.capture(documentOf([event]))
    expect((await byUnit(epc)).toSorted()).toEqual([id, `${id} declared`, `${id} declared`])
  })

  it('leads to no page of a thing and to no trace', async () => {
    const epc = item()
    await p.capture(documentOf([{ ...objectEvent({ epcList: [epc] }), ...declared }]))
    const unit = new URL(epc).pathname
    expect((await p.call(unit, { headers: { accept: 'text/html' } })).status).toBe(404)
    const trace = await (await p.call(`/api/trace?direction=backward&code=${encodeURIComponent(epc)}`)).json()
    expect(trace.events ?? []).toEqual([])
  })

  it('in one document, before or behind its event', async () => {
    const [first, second] = [item(), item()]
    const before = objectEvent({ epcList: [first] })
    const behind = objectEvent({ epcList: [second] })
    const events = [{ ...before, ...declared }, before, behind, { ...behind, ...declared }]
    expect((await p.capture(documentOf(events))).counts.accepted).toBe(4)
    for (const epc of [first, second]) expect(await byUnit(epc)).toHaveLength(2)
    const rows = await p.running.parts.db.rows<{ unit: string; role: number }>(
      sql`select unit, role from event_unit where unit like ${`%${second.split('/').at(-1)}`}`,
    )
    expect(rows.map(r => r.role)).toEqual([1])
  })

  it('is removed with its content', async () => {
    const epc = item()
    const event = objectEvent({ epcList: [epc] })
    await p.capture(documentOf([{ ...event, ...declared }]))
    const { db } = p.running.parts
    const { deleteEvent } = await import('../log/event-store.ts')
    const row = await db.row<{ key: string }>(
      sql`select key::text as key from event where id = ${String(event.eventID)}`,
    )
    await deleteEvent(db, row?.key ?? '', 1)
    expect(await db.rows(sql`select unit from event_unit where event = ${row?.key}::uuid`)).toEqual([])
  })
})

describe('what older versions stored', () => {
  const nothing = () => {}

  it('teaches company prefixes, in steps, once, and goes on where it was broken off', async () => {
    const { db } = p.running.parts
    const urns = Array.from({ length: 40 }, (_, i) => `urn:epc:id:sgtin:95210${String(i).padStart(2, '0')}.012345.7`)
    for (const urn of urns) await p.capture(documentOf([objectEvent({ epcList: [urn], 'ext:note': `"${urn}"` })]))
    await p.running.rooms.capture.room.writer.idle()
    // As if they had been captured by a version that learned nothing.
    await db.run(sql`delete from company_prefix`)
    await db.run(
      sql`update read_back set position = 0, until = (select max(id) from event_block) where name = 'company-prefixes'`,
    )
    const prefixes = createCompanyPrefixes(db, nothing)
    let steps = 0
    const brokenOff = {
      ...prefixes,
      async idle() {
        steps++
        await prefixes.idle()
        void first.stop()
      },
    }
    const first = startReadBack({ db, prefixes: brokenOff }, nothing)
    await first.done()
    expect(steps).toBe(1)
    const mark = () =>
      db.row<{ position: number; until: number }>(
        sql`select position, until from read_back where name = 'company-prefixes'`,
      )
    const half = await mark()
    expect(half?.position).toBeGreaterThan(0)
    expect(half?.position).toBeLessThan(half?.until ?? 0)
    await startReadBack({ db, prefixes }, nothing).done()
    expect(await mark()).toMatchObject({ position: half?.until })
    const lengths = await createCompanyPrefixes(db, nothing).lengths()
    for (const urn of urns) expect(lengths(`${urn.split(':').at(-1)?.split('.')[0]}012345`)).toBe(7)
    // Read once: nothing is left to do.
    await db.run(sql`delete from company_prefix`)
    await startReadBack({ db, prefixes: createCompanyPrefixes(db, nothing) }, nothing).done()
    expect(await db.rows(sql`select prefix from company_prefix`)).toEqual([])
  })

  it('gives lone declarations what they are found by', async () => {
    const { db } = p.running.parts
    const [alone, beside] = [item(), item()]
    const event = objectEvent({ epcList: [beside] })
    const lone = { ...objectEvent({ epcList: [alone] }), ...declared }
    await p.capture(documentOf([lone, event, { ...event, ...declared }]))
    await db.run(sql`delete from event_unit where role < 0`)
    expect(await byUnit(alone)).toEqual([])
    await db.run(sql`update read_back set position = 0, until = 1 where name = 'lone-declarations'`)
    await startReadBack({ db, prefixes: createCompanyPrefixes(db, nothing) }, nothing).done()
    expect(await byUnit(alone)).toHaveLength(1)
    expect(await byUnit(beside)).toHaveLength(2)
    const rows = await db.rows(
      sql`select 1 as one from event_unit where role < 0 and unit like ${`%${beside.split('/').at(-1)}`}`,
    )
    expect(rows).toEqual([])
  })
})
