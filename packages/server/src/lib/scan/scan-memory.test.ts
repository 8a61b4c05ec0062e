import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { ScanLimits } from './fault.ts'
import { scanDocument } from './scan-document.ts'

const EVENTS = 100_000
const limits: ScanLimits = {
  documentBytes: 100e6,
  eventBytes: 1e6,
  headBytes: 1e6,
  events: EVENTS,
  depth: 64,
  stringBytes: 65_536,
}

function event(n: number): string {
  const epcs = [0, 1, 2].map(k => `"urn:epc:id:sgtin:0614141.107346.${n * 3 + k}"`)
  return `{"type":"ObjectEvent","eventID":"urn:uuid:7f6b3c1e-0000-4000-8000-${String(n).padStart(12, '0')}","eventTime":"2024-05-06T07:08:09.123+08:00","eventTimeZoneOffset":"+08:00","epcList":[${epcs}],"action":"OBSERVE","bizStep":"shipping","disposition":"in_transit","readPoint":{"id":"urn:epc:id:sgln:0614141.07346.1234"},"bizLocation":{"id":"urn:epc:id:sgln:0614141.07346.0"},"bizTransactionList":[{"type":"po","bizTransaction":"http://transaction.example.com/po/12345678"}],"ex:note":"合肥市肥西县冷鲜猪肉"}`
}

/** The document in chunks of 64 kB or so that do not end where events end. */
function* chunksOfDocument(): Generator<Buffer> {
  let text = '{"type":"EPCISDocument","epcisBody":{"eventList":['
  for (let n = 0; n < EVENTS; n++) {
    text += (n > 0 ? ',' : '') + event(n)
    if (text.length < 66_000) continue
    yield Buffer.from(text.slice(0, 65_536))
    text = text.slice(65_536)
  }
  yield Buffer.from(`${text}]},"schemaVersion":"2.0"}`)
}

test('100,000 events (60 MB) pass through in bounded memory', { timeout: 10_000 }, () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const held = () => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const scanner = scanDocument(limits)
  const before = held()
  let bytes = 0
  let events = 0
  let most = 0
  let chunkCount = 0
  for (const chunk of chunksOfDocument()) {
    bytes += chunk.length
    const cut = scanner.write(chunk)
    events += cut.filter(e => !e.fault).length
    if (++chunkCount % 50 === 0) most = Math.max(most, held() - before)
  }
  expect(scanner.end().events).toBe(EVENTS)
  expect(events).toBe(EVENTS)
  expect(bytes).toBeGreaterThan(60e6)
  expect(chunkCount).toBeGreaterThan(500)
  // Far below the document, and below what a quarter of its parsed events would take.
  expect(most).toBeLessThan(16e6)
})
