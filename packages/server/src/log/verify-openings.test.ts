import { commitmentOf, type HashName, type LogEntry } from '@yuanliu/core'
import { describe, expect, it } from 'vitest'
import { nodeHashes } from '../lib/signing/node-hashes.ts'
import { type Opening, opening } from './verify-openings.ts'

const NAMES: readonly HashName[] = ['sha256', 'sm3']

/** Ten events of two documents, each with the entry that it opens; every third was logged with SM3 alone. */
function openings(): Opening[] {
  const contexts = ['"one"', '"two"'].map(text => Buffer.from(text))
  const digests = contexts.map(c => ({ sha256: nodeHashes.sha256(c), sm3: nodeHashes.sm3(c) }))
  return Array.from({ length: 10 }, (_, i) => {
    const document = i < 6 ? 0 : 1
    const bytes = Buffer.from(`{"event":${i}}`)
    const salt = new Uint8Array(16).fill(i)
    const [recorded, reporter] = [1_790_000_000_000_000 + document, 'farm-1']
    const opened = { kind: 'event', salt, bytes, mediaType: 'application/json', reporter } as const
    const whole = { ...opened, context: contexts[document] as Buffer, receivedAt: BigInt(recorded) }
    const names = i % 3 === 2 ? NAMES.slice(1) : NAMES
    const commitments = Object.fromEntries(names.map(name => [name, commitmentOf(nodeHashes[name], whole)]))
    const entry: LogEntry = { kind: 'event', position: BigInt(i), commitments }
    return { entry, bytes, salt, recorded, reporter, context: digests[document] as Opening['context'] }
  })
}

/** Which are not opened when one of them is another. */
function refused(i: number, change: Partial<Opening>): number[] {
  const all = openings().map((o, n) => (n === i ? { ...o, ...change } : o))
  const open = opening(all)
  return all.flatMap((o, n) => (open.has(o) ? [] : [n]))
}

describe('events held against their entries', () => {
  it('open them', () => {
    expect(opening(openings()).size).toBe(10)
    expect(opening([]).size).toBe(0)
  })

  it.each<[string, Partial<Opening>]>([
    ['bytes', { bytes: Buffer.from('{"event":99}') }],
    ['a media type', { bytes: Buffer.from('<event/>') }],
    ['a salt', { salt: new Uint8Array(16).fill(99) }],
    ['a salt that is cut off', { salt: new Uint8Array(9) }],
    ['a time', { recorded: 1_790_000_000_000_009 }],
    ['a time before all', { recorded: -1 }],
    ['a reporter', { reporter: 'farm-2' }],
    ['a reporter of any length', { reporter: 'x'.repeat(2_000) }],
    ['a context', { context: { sha256: new Uint8Array(32), sm3: new Uint8Array(32) } }],
  ])('but not where %s is another: that one alone is named', (_, change) => {
    for (const i of [0, 2, 5, 6, 9]) expect(refused(i, change)).toEqual([i])
  })
})
