import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { contextOfDialect, DIALECTS, jsonOf, type Rich, rich, type Scalar } from './language.fixture.ts'
import { orderKey, type Question, questions } from './questions.fixture.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

/** Ids of all pages of a query; those of declarations with a mark, as they share theirs with their event. */
async function answers(path: string, init: { body?: string; headers?: Record<string, string> }): Promise<string[]> {
  const seen: string[] = []
  let next: string | null = path
  while (next) {
    const answer: Response = await p.call(next, { ...init, method: init.body ? 'POST' : 'GET' })
    const document = await answer.json()
    if (answer.status !== 200) throw new Error(JSON.stringify(document))
    for (const e of document.epcisBody.queryResults.resultsBody.eventList) seen.push(e.eventID)
    const link = answer.headers.get('link')
    next = link ? (/^<https:\/\/trace\.example\.org(.*)>/.exec(link)?.[1] as string) : null
  }
  return seen
}

const CONTEXTS = [0, 1, 2] as const

/** Numbers, then instants, then texts; those without the field last, as captured. */
function ordered(events: readonly Rich[], descending: boolean): Rich[] {
  const kind = (v: Scalar) => (Number.isNaN(Number(v)) ? (String(v).includes('T') ? 1 : 2) : 0)
  const size = (v: Scalar) => (kind(v) === 0 ? Number(v) : Date.parse(String(v)))
  return events
    .map((e, i) => ({ e, i, key: orderKey(e) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null) || a.i - b.i
      const byKind = kind(a.key) - kind(b.key)
      const bySize = kind(a.key) === 2 ? (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) : size(a.key) - size(b.key)
      return (byKind || bySize) * (descending ? -1 : 1) || a.i - b.i
    })
    .map(({ e }) => e)
}

describe('the whole query language', () => {
  it('answers what a naive evaluation answers, by names of whatever prefix', { timeout: 240_000 }, async () => {
    const drawn = fc.sample(rich, { numRuns: 66, seed: 20261122 })
    const told: Rich[] = []
    for (const dialect of CONTEXTS) {
      const some = drawn.filter(e => e.dialect === dialect)
      const { counts } = await p.capture(documentOf(some.map(jsonOf), { '@context': contextOfDialect(dialect) }))
      expect(counts.accepted).toBe(some.length)
      told.push(...some)
    }
    const question = fc.constantFrom(...CONTEXTS).chain(dialect =>
      fc.boolean().chain(post =>
        fc.record({
          dialect: fc.constant(dialect),
          post: fc.constant(post),
          asked: fc.uniqueArray(questions(DIALECTS[dialect] as Record<string, string>, post), {
            minLength: 1,
            maxLength: 2,
            selector: q => q.name,
          }),
          order: fc.constantFrom('recordTime', 'field'),
          descending: fc.boolean(),
          perPage: fc.integer({ min: 4, max: 60 }),
        }),
      ),
    )
    const met = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(question, async q => {
        const found = told.filter(e => q.asked.every(a => a.holds(e)))
        const expected = q.order === 'field' ? ordered(found, q.descending) : q.descending ? found.toReversed() : found
        if (found.length) for (const { name } of q.asked) met.set(name, (met.get(name) ?? 0) + 1)
        const declared = DIALECTS[q.dialect] as Record<string, string>
        const field = Object.keys(declared).find(prefix => declared[prefix] === 'https://ns.example.org/ext/')
        const orderBy =
          q.order !== 'field' ? 'recordTime' : field ? `${field}:colour` : 'https://ns.example.org/ext/#colour'
        const plain = { orderBy, orderDirection: q.descending ? 'DESC' : 'ASC', perPage: String(q.perPage) }
        const given = (a: Question) => (a.many ? a.values : a.values[0])
        const body = {
          '@context': contextOfDialect(q.dialect),
          ...plain,
          ...Object.fromEntries(q.asked.map(a => [a.name, given(a)])),
        }
        const address = new URLSearchParams({
          ...plain,
          ...Object.fromEntries(q.asked.map(a => [a.name, a.values.join('|')])),
        })
        const extensions = Object.entries(declared).map(([prefix, space]) => `${prefix}=${space}`)
        const got = q.post
          ? await answers('/api/events/search', { body: JSON.stringify(body) })
          : await answers(`/epcis/events?${address}`, { headers: { 'gs1-extensions': extensions.join(', ') } })
        expect(got).toEqual(expected.map(e => e.id))
      }),
      { numRuns: 160 },
    )
    // Questions that nothing answers would prove nothing.
    expect(met.size).toBeGreaterThan(30)
  })
})
