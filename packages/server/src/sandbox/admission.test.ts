import { join } from 'node:path'
import type { Admission } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { DATA } from '../lib/paths.ts'
import { readAdmissionProfile } from './profile.ts'
import { ask, openSandbox } from './sandbox.fixture.ts'

let p: Platform
let key: string
beforeAll(async () => {
  p = await startPlatform({ PRODUCTION_KEYS: 'after-conformance' })
  key = (await openSandbox(p, 'maker')).key
})
afterAll(() => p.stop())

const ADMISSION = '/api/organisations/maker/admission'
const destinationList = [{ type: 'owning_party', destination: 'https://id.gs1.org/417/9521321000010' }]
const sound = () => objectEvent({ destinationList })
const reset = () => ask(p, 'DELETE', '/api/organisations/maker/sandbox/data', { key })
const productionKey = (permissions = ['capture', 'read']) =>
  ask(p, 'POST', '/api/keys', { body: { organisation: 'maker', permissions } })

/** Captures these in an empty sandbox and gives the report. */
async function judged(events: unknown[]): Promise<Admission> {
  await reset()
  const headers = { 'gs1-capture-error-behaviour': 'proceed' }
  const sent = { method: 'POST', key, headers, body: JSON.stringify(documentOf(events)) }
  expect((await p.call('/epcis/capture', sent)).status).toBe(202)
  // A document with faults is applied in the background: until then there is no report.
  return vi.waitFor(async () => {
    const { status, body } = await ask(p, 'POST', ADMISSION, { key })
    expect(status).toBe(200)
    return body as unknown as Admission
  }, 60_000)
}
const failing = ({ cases }: Admission) => cases.filter(c => !c.passed).map(c => c.id)
const five = () => Array.from({ length: 5 }, sound)

// Every sandbox makes its tables first.
describe('admission', { timeout: 240_000 }, () => {
  it('has a profile that names the place of what is wrong', () => {
    const { cases } = readAdmissionProfile(DATA)
    expect(cases.length).toBeGreaterThan(4)
    expect(() => readAdmissionProfile(join(DATA, 'nowhere'))).toThrow('profile.json')
  })

  it('refuses a key that captures until the report has passed, and names the failing case', async () => {
    const none = await productionKey()
    expect(none).toMatchObject({ status: 403, body: { detail: expect.stringContaining(ADMISSION), failed: [] } })
    expect((await ask(p, 'GET', ADMISSION, { key })).status).toBe(404)
    expect((await productionKey(['read'])).status).toBe(201)

    // One field is left out of one event.
    const wrong = objectEvent()
    const report = await judged([...five(), wrong])
    expect(report.passed).toBe(false)
    expect(failing(report)).toEqual(['fields/shipping'])
    expect(report.cases.find(c => c.id === 'fields/shipping')).toMatchObject({
      checked: 6,
      failed: 1,
      faults: [{ eventID: wrong.eventID, message: expect.stringContaining('destinationList|bizTransactionList') }],
    })
    expect(await productionKey()).toMatchObject({
      status: 403,
      body: { failed: ['fields/shipping'], title: '该单位尚未通过接入检查' },
    })

    const passed = await judged(five())
    expect(passed).toMatchObject({ passed: true, organisation: 'maker', profile: 'admission 1.0.0' })
    expect((await ask(p, 'GET', ADMISSION, { key })).body).toEqual(passed)
    const made = await productionKey()
    expect(made.status).toBe(201)
    // The report outlasts the data it was made from; the next one takes its place.
    await reset()
    expect((await productionKey()).status).toBe(201)
    expect(failing((await ask(p, 'POST', ADMISSION, { key })).body as unknown as Admission)).toEqual(['events'])
    expect((await productionKey()).body).toMatchObject({ failed: ['events'] })
    expect((await ask(p, 'GET', '/epcis/capture', { key: made.body.key as string })).status).toBe(200)
  })

  it('sees codes that nobody can read, and what was rejected or in conflict', async () => {
    const unread = objectEvent({ destinationList, epcList: ['https://example.org/things/1'] })
    const digit = objectEvent({ destinationList, epcList: ['https://id.gs1.org/01/09521234543214/21/1'] })
    const same = sound()
    const other = { ...same, disposition: 'in_progress' }
    const report = await judged([...five(), unread, digit, same, other, { ...sound(), action: 'LOOK' }])
    expect(failing(report)).toEqual(['receipts', 'codes'])
    expect(report.cases.find(c => c.id === 'codes')?.faults.map(f => f.eventID)).toEqual([
      unread.eventID,
      digit.eventID,
    ])
    const receipts = report.cases.find(c => c.id === 'receipts')
    expect(receipts).toMatchObject({ failed: 2, checked: 10 })
    expect(receipts?.faults.map(f => f.message).join()).toMatch(
      /conflict[\s\S]*rejected, .*action|rejected, .*action[\s\S]*conflict/,
    )
  })

  it('is the organisation’s own matter', async () => {
    const { key: other } = await openSandbox(p, 'other')
    expect((await ask(p, 'POST', ADMISSION, { key: other })).status).toBe(403)
    expect((await ask(p, 'GET', ADMISSION, { key: other })).status).toBe(403)
    expect((await ask(p, 'POST', '/api/organisations/platform/admission')).status).toBe(404)
  })
})
