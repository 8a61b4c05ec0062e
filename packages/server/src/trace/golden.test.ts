import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

const VECTORS = join(process.cwd(), '../shared/vectors')
const GOLDEN = join(VECTORS, '_golden/trace-golden.json')

describe.skipIf(!existsSync(GOLDEN))('the golden backward trace (skipped without ../shared/vectors)', () => {
  let p: Platform
  beforeAll(async () => {
    p = await startPlatform()
  })
  afterAll(() => p.stop())

  it('reaches exactly the events that an independent implementation reached', async () => {
    for (const golden of JSON.parse(readFileSync(GOLDEN, 'utf8')).cases) {
      const document = JSON.parse(readFileSync(join(VECTORS, golden.file), 'utf8'))
      const { counts } = await p.capture(document)
      expect(counts).toMatchObject({
        events: golden.events_in_file,
        accepted: golden.distinct_event_ids_in_file,
        conflict: golden.events_in_file - golden.distinct_event_ids_in_file,
      })
      const graph = await (await p.call(`/api/trace?code=${encodeURIComponent(golden.epc)}`)).json()
      expect(new Set(graph.events.map((e: { id: string }) => e.id)).size).toBe(golden.expected_events)
    }
  })
})
