import {
  type Audit,
  auditLog,
  checkOpening,
  decodeEntry,
  type LogOpening,
  type LogSource,
  type LogStatement,
  parsePolicy,
  parseProofFile,
  type SuiteId,
  tilePath,
  type VerifierKey,
  verifyRecord,
} from '@yuanliu/core'
import { expect } from 'vitest'
import type { Platform } from '../../../../test/support/platform.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'

/** Reading a log as the public does: over HTTP, believing nothing. */

export const crypto = await nodeCrypto()
const PREFIX: Record<SuiteId, string> = { 'sha256-ed25519': '/log', 'sm3-sm2': '/log/sm' }

/** The policy that a platform offers for a suite, and its key. */
export async function policyOf(platform: Platform, suite: SuiteId = 'sha256-ed25519') {
  const answer = await platform.call(`${PREFIX[suite]}/policy`, { key: null })
  const policy = parsePolicy(await answer.text())
  return { policy, key: (policy.logs[0] as { key: VerifierKey }).key }
}

export function sourceOf(platform: Platform, suite: SuiteId = 'sha256-ed25519'): LogSource {
  const prefix = PREFIX[suite]
  return {
    checkpoint: async () =>
      new Uint8Array(await (await platform.call(`${prefix}/checkpoint`, { key: null })).arrayBuffer()),
    async fetch(tile) {
      const answer = await platform.call(`${prefix}/${tilePath(tile)}`, { key: null })
      const body = await answer.arrayBuffer()
      return answer.status === 200 ? new Uint8Array(body) : null
    },
  }
}

/** The whole log re-read over HTTP. */
export async function auditOf(platform: Platform, suite: SuiteId = 'sha256-ed25519'): Promise<Audit> {
  const { key } = await policyOf(platform, suite)
  return auditLog(sourceOf(platform, suite), { key, crypto })
}

/**
 * Waits until a checkpoint covers everything captured so far, and has so many entries where that is said (what was captured
 * before a start is handed over after it); gives its size.
 */
export async function logged(platform: Platform, entries = 0): Promise<number> {
  const { log } = platform.running.rooms
  const size = () => (log.suites[0] ? (log.published(log.suites[0].id)?.size ?? 0) : 0)
  for (const deadline = Date.now() + 30_000; size() < entries && Date.now() < deadline; ) await log.grown(50)
  const { capturePosition } = await (await platform.call('/health')).json()
  expect(await log.covered(capturePosition, 20_000)).toBe(true)
  return size()
}

/** Proof and opening of an event, both checked as a stranger would. */
export async function proven(platform: Platform, event: string, suite: SuiteId = 'sha256-ed25519', part = 0) {
  const query = `event=${encodeURIComponent(event)}&part=${part}`
  const file = await platform.call(`/api/log/proof?${query}&suite=${suite}`, { key: null })
  const text = await file.text()
  expect(file.status, text).toBe(200)
  const proof = new TextEncoder().encode(text)
  const opening: LogOpening = await (await platform.call(`/api/log/opening?${query}`)).json()
  const entry = Buffer.from(opening.entry, 'base64')
  expect(Buffer.from(parseProofFile(proof).extra ?? [])).toEqual(entry)
  const { policy } = await policyOf(platform, suite)
  const opened = openingFrom(opening)
  const record = await verifyRecord({ entry, proof, opening: opened }, policy, crypto)
  expect(checkOpening(decodeEntry(entry), opened, crypto.hashes)).toEqual(record.opened)
  expect(Number(record.index)).toBe(opening.index)
  return { record, opening, opened, proof, entry }
}

/** A statement at a position of the log, its proof and its opening checked as a stranger would. */
export async function statementAt(platform: Platform, position: number, suite: SuiteId = 'sha256-ed25519') {
  const answer = await platform.call(`/api/log/statements/${position}?suite=${suite}`)
  const s: LogStatement = await answer.json()
  expect(answer.status, JSON.stringify(s)).toBe(200)
  const [entry, bytes] = [Buffer.from(s.entry, 'base64'), Buffer.from(s.bytes, 'base64')]
  const opening = {
    kind: 'statement' as const,
    salt: Buffer.from(s.salt, 'base64'),
    bytes,
    mediaType: s.mediaType,
    context: new Uint8Array(0),
    receivedAt: BigInt(s.receivedAt),
    reporter: s.reporter,
  }
  const { policy } = await policyOf(platform, suite)
  const record = await verifyRecord({ entry, proof: new TextEncoder().encode(s.proof), opening }, policy, crypto)
  expect(record.opened.length).toBeGreaterThan(0)
  expect([Number(record.index), Number(record.entry.position)]).toEqual([s.index, s.position])
  return { ...record, text: bytes.toString() }
}

/** An opening as core takes it. */
export function openingFrom(o: LogOpening) {
  return {
    kind: 'event' as const,
    salt: Buffer.from(o.salt, 'base64'),
    bytes: Buffer.from(o.bytes, 'base64'),
    mediaType: o.mediaType,
    context: Buffer.from(o.context ?? ''),
    receivedAt: BigInt(o.receivedAt),
    reporter: o.reporter,
  }
}
