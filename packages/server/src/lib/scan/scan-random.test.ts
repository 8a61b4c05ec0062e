import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ScanLimits } from './fault.ts'
import { dice, mutated, rendered, scanned, strictVerdict } from './reference.fixture.ts'

const limits: ScanLimits = {
  documentBytes: 1e6,
  eventBytes: 1e6,
  headBytes: 1e6,
  events: 1000,
  depth: 8,
  stringBytes: 30,
}

type Json = Record<string, unknown>
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v)

/** The event lists of a parsed document, by walking it the plain way. */
function listsOf(document: Json): unknown[][] {
  const body = document.epcisBody
  if (!isObject(body)) return []
  const results = isObject(body.queryResults) ? body.queryResults.resultsBody : undefined
  return [body.eventList, isObject(results) ? results.eventList : undefined].filter(Array.isArray)
}

const leaf = fc.jsonValue({ maxDepth: 3 })
const more = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('type', 'eventList', 'epcisBody', 'a')), leaf, {
  maxKeys: 3,
})
const events = fc.oneof({ weight: 5, arbitrary: fc.array(leaf, { maxLength: 5 }) }, leaf)
/** Documents of both kinds and things like them, members in any order. */
const document = fc.tuple(more, more, more, events, fc.nat(9), fc.boolean()).map(([a, b, c, list, shape, last]) => {
  const body: Json =
    shape < 5 ? { ...b, eventList: list } : { ...b, queryResults: { ...c, resultsBody: { eventList: list } } }
  if (shape === 9) body.eventList = list
  return last ? { ...a, epcisBody: body } : { epcisBody: body, ...a }
})

function chunks(seed: number): () => number {
  const roll = dice(seed)
  const most = [1, 3, 20, 1000][roll(4)]!
  return () => 1 + roll(most)
}

/** Two ways to cut a document into chunks give the same; what they give is what the naive rules say. */
function check(bytes: Buffer, seed: number): boolean {
  const outcome = scanned(bytes, limits, chunks(seed))
  expect(scanned(bytes, limits, chunks(seed + 1))).toEqual(outcome)
  for (const e of outcome.events) expect(bytes.subarray(e.offset, e.offset + e.bytes.length)).toEqual(e.bytes)
  const isTaken = outcome.fault === null && outcome.events.every(e => !e.fault)
  const plain = bytes[0] === 0xef ? bytes.subarray(3) : bytes
  const marked = bytes[0] !== 0xef || (bytes[1] === 0xbb && bytes[2] === 0xbf)
  if (!marked || !strictVerdict(plain, limits)) {
    expect(isTaken).toBe(false)
    return false
  }
  const whole: unknown = JSON.parse(plain.toString())
  const lists = isObject(whole) ? listsOf(whole) : []
  if (!isObject(whole) || lists.length > 1) {
    expect(outcome.fault?.kind).toBe('not-a-document')
    return false
  }
  expect(isTaken).toBe(true)
  expect(outcome.events.map(e => e.value)).toEqual(lists[0] ?? [])
  lists[0]?.splice(0)
  expect(outcome.end?.head).toEqual(whole)
  expect(JSON.parse(String(outcome.end?.headBytes))).toEqual(whole)
  return true
}

test('random documents in random chunks give what JSON.parse gives', () => {
  let taken = 0
  fc.assert(
    fc.property(document, fc.nat(), (value, seed) => {
      if (check(Buffer.from((seed % 5 === 0 ? '\ufeff' : '') + rendered(value, seed)), seed)) taken++
    }),
    { numRuns: 500 },
  )
  expect(taken).toBeGreaterThan(150)
})

test('broken documents never crash it; it takes what the strict rules take and nothing else', () => {
  let taken = 0
  let refused = 0
  fc.assert(
    fc.property(document, fc.nat(), fc.integer({ min: 1, max: 4 }), (value, seed, changes) => {
      if (check(mutated(Buffer.from(rendered(value, seed)), seed, changes), seed)) taken++
      else refused++
    }),
    { numRuns: 1500 },
  )
  expect(taken).toBeGreaterThan(50)
  expect(refused).toBeGreaterThan(500)
})

const vectors = join(process.cwd(), '../shared/vectors')
describe.skipIf(!existsSync(vectors))('published documents (skipped where ../shared/vectors is absent)', () => {
  const wide: ScanLimits = { ...limits, depth: 64, stringBytes: 100_000 }
  test('events, head and bytes are those of JSON.parse', () => {
    const files = readdirSync(vectors, { recursive: true, encoding: 'utf8' }).filter(name => /\.json(ld)?$/.test(name))
    let documents = 0
    for (const file of files) {
      const bytes = readFileSync(join(vectors, file))
      if (bytes.length > wide.documentBytes || !strictVerdict(bytes, wide)) continue
      const whole: unknown = JSON.parse(bytes.toString())
      if (!isObject(whole)) continue
      const list = listsOf(whole)[0]
      const outcome = scanned(bytes, wide, chunks(bytes.length))
      expect(outcome.fault, file).toBeNull()
      expect(outcome.events.map(e => e.value)).toEqual(list ?? [])
      expect(outcome.events.map(e => JSON.parse(e.bytes.toString()))).toEqual(list ?? [])
      list?.splice(0)
      expect(outcome.end?.head).toEqual(whole)
      if (list) documents++
    }
    expect(documents).toBeGreaterThan(100)
  })
})
