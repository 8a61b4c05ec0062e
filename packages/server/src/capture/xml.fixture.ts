import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { present, VECTORS } from '../lib/xml/vectors.fixture.ts'

/** One platform for a test file, with a key of each mode. */
export let p: Platform
export let lenientKey = ''
export let strictKey = ''
let folder = ''
export async function startXml(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'yuanliu-xml-'))
  p = await startPlatform({ CAPTURE_MAX_EVENTS: '5000' })
  lenientKey = await p.key('lenient-org', ['capture', 'read', 'admin'], 'lenient')
  strictKey = await p.key('strict-org', ['capture', 'read', 'admin'])
}

export async function stopXml(): Promise<void> {
  rmSync(folder, { recursive: true })
  await p.stop()
}

export const ROOT = 'xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ext="https://ns.example.org/ext/"'
export const CREATED = 'creationDate="2026-11-01T00:00:00Z"'

export function xmlDocument(events: string, { root = ROOT, version = '2.0', head = '' } = {}): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<epcis:EPCISDocument ${root} schemaVersion="${version}" ${CREATED}>${head}<EPCISBody><EventList>${events}</EventList></EPCISBody></epcis:EPCISDocument>`
}

export function objectXml(inner = '', id = `urn:uuid:${randomUUID()}`): string {
  return `<ObjectEvent>
  <eventTime>2026-10-01T08:00:00.000+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <eventID>${id}</eventID>
  <epcList><epc>https://id.gs1.org/01/09521234543213/21/1</epc></epcList>
  <action>OBSERVE</action>${inner}
</ObjectEvent>`
}

interface Posted {
  status: number
  id: string
  problem: {
    type: string
    detail: string
    errors: { pointer: string; message: string; line?: number; column?: number }[]
  }
  receipts: { status: string; eventID: string; remarks?: string[]; errors?: { pointer: string }[] }[]
  counts: Record<string, number>
}

export async function post(
  body: string | Buffer,
  headers: Record<string, string> = {},
  key = strictKey,
): Promise<Posted> {
  const answer = await p.call('/epcis/capture', {
    method: 'POST',
    key,
    body: body as BodyInit,
    headers: { 'content-type': 'application/xml', ...headers },
  })
  const id = answer.headers.get('location')?.split('/').at(-1) ?? ''
  const none = { type: '', detail: '', errors: [] }
  if (answer.status !== 202)
    return { status: answer.status, id, problem: await answer.json(), receipts: [], counts: {} }
  const job = async () => (await p.call(`/epcis/capture/${id}`, { key })).json()
  await expect.poll(async () => (await job()).running, { timeout: 20_000 }).toBe(false)
  const lines = await (await p.call(`/api/captures/${id}/receipts`, { key })).text()
  const receipts = lines
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
  return { status: 202, id, problem: none, receipts, counts: (await job()).counts }
}

export async function get(path: string, accept: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await p.call(path, { key: strictKey, headers: { accept, ...headers } })
  expect(answer.status).toBe(200)
  if (accept.includes('xml')) expect(answer.headers.get('content-type')).toBe('application/xml; charset=utf-8')
  return answer.text()
}
export const eventPath = (id: string) => `/epcis/events/${encodeURIComponent(id)}`
export const jsonEvents = async (id: string, headers = {}) => {
  const document = JSON.parse(await get(eventPath(id), 'application/json', headers))
  return { context: document['@context'], events: document.epcisBody.queryResults.resultsBody.eventList }
}

const XMLLINT = ['/usr/bin/xmllint', '/usr/local/bin/xmllint'].some(existsSync)
export const canValidate = present && XMLLINT
let files = 0
/** Faults of texts by an official schema, one process for all. */
export function schemaFaults(schema: string, texts: string[]): string {
  const paths = texts.map(text => {
    const path = join(folder, `${files++}.xml`)
    writeFileSync(path, text)
    return path
  })
  try {
    const xsd = join(VECTORS, 'gs1-epcis/XSD', schema)
    execFileSync('xmllint', ['--nonet', '--noout', '--schema', xsd, ...paths], { stdio: ['ignore', 'ignore', 'pipe'] })
    return ''
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr)
  }
}
