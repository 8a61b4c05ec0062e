import { checkEvent, type TraceGraph } from '@yuanliu/core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { DATA } from '../lib/paths.ts'
import { arraySource } from './array-source.fixture.ts'
import { captured } from './captured-history.fixture.ts'
import { eventJson } from './event-json.fixture.ts'
import { arbHistory, unitsOf } from './history.fixture.ts'
import type { StoredEvent } from './source.ts'
import { traceUnit } from './trace.ts'
import { readProfile } from './trace-room.ts'

let p: Platform
const keys = new Map<string, string>()
beforeAll(async () => {
  p = await startPlatform()
  for (const reporter of [1, 2, 3]) keys.set(`${reporter}`, await p.key(`org${reporter}`, ['capture', 'read']))
  keys.set('3 void', await p.key('org3', ['capture', 'event:void']))
})
afterAll(() => p.stop())

async function capture(history: readonly StoredEvent[]): Promise<void> {
  const { codeOf } = p.running.parts.codes
  await p.running.parts.db.script('truncate event, event_unit, event_block, event_conflict, capture, capture_receipt')
  for (const document of new Set(history.map(e => e.document))) {
    const events = history.filter(e => e.document === document)
    const result = await p.capture(documentOf(events.map(e => eventJson(e, codeOf))), {
      key: keys.get(String(events[0]?.reporter)) as string,
    })
    expect(result.counts.accepted).toBe(events.length)
  }
  for (const event of history) {
    for (const { reporter, mayVoid } of event.declarations) {
      const declaration = { ...eventJson(event, codeOf), errorDeclaration: { declarationTime: '2026-11-01T00:00:00Z' } }
      const key = keys.get(mayVoid ? `${reporter} void` : `${reporter}`) as string
      expect((await p.capture(documentOf([declaration]), { key })).counts.accepted).toBe(1)
    }
  }
}

/** What must be equal: everything but who is called what and when it was recorded. */
function comparable(graph: TraceGraph): unknown {
  const sorted = (list: readonly unknown[]) => list.map(x => JSON.stringify(x)).sort()
  return {
    ...graph,
    units: graph.units,
    events: sorted(graph.events.map(({ recorded: _r, key: _k, ...e }) => ({ ...e, units: sorted(e.units) }))),
    edges: sorted(graph.edges),
    gaps: sorted(graph.gaps),
    anomalies: sorted(graph.anomalies),
    balances: sorted(graph.balances),
  }
}

it('captures random histories as documents and traces them as the rules say, in both directions', async () => {
  const { codes } = p.running.parts
  const profile = readProfile(DATA)
  await fc.assert(
    fc.asyncProperty(arbHistory, fc.infiniteStream(fc.nat(1_000)), async (random, dice) => {
      const history = captured(random)
      fc.pre(history.every(e => checkEvent(eventJson(e, codes.codeOf)).length === 0))
      await capture(history)
      const units = unitsOf(history)
      for (const direction of ['backward', 'forward', 'both'] as const) {
        const start = units[dice.next().value % units.length] as string
        const answer = await p.call(`/api/trace?direction=${direction}&code=${encodeURIComponent(codes.codeOf(start))}`)
        const expected = await traceUnit(arraySource(history), { start, direction, profile, codes })
        if (expected.events.length === 0) expect(answer.status).toBe(404)
        else expect(comparable(await answer.json())).toEqual(comparable(expected))
      }
    }),
    { numRuns: Number(process.env.TRACE_DB_RUNS ?? 30) },
  )
})
