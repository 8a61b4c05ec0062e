import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  canonicalLinks,
  ED25519,
  type EventSignature,
  formatVerifierKey,
  provePossession,
  type SignableEvent,
  SM2,
  type Subject,
  type SubjectKind,
  type SuiteId,
  signableEvents,
  signatureHeader,
  signEvents,
  verifyEventSignature,
} from '@yuanliu/core'
import type { Platform } from '../../../../test/support/platform.ts'
import { sha256 } from '../capture/capture.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey, readSigningKey } from '../lib/signing/signing-key.ts'

export const seconds = () => BigInt(Math.floor(Date.now() / 1000))

export const idOf = (event: Record<string, unknown>) => String(event.eventID)

export async function problemOf(answer: Response) {
  const body = await answer.json()
  return { status: answer.status, type: body.type, detail: String(body.detail), pointer: body.errors?.[0]?.pointer }
}

/** Subjects with keys in files, registered with a platform, and what they sign. */
export async function subjectsOf(platform: Platform) {
  const crypto = await nodeCrypto()
  const folder = mkdtempSync(join(tmpdir(), 'yuanliu-subjects-'))
  let made = 0
  const { codes } = platform.running.parts
  const tools = { sha256, toDigitalLink: canonicalLinks(codes) }
  const eventsOf = (document: object): SignableEvent[] => signableEvents(document, tools)

  async function newKey(name: string, suite: SuiteId = 'sha256-ed25519'): Promise<Subject> {
    const path = join(folder, `key-${made++}`)
    createSigningKey(path, name, suite === 'sm3-sm2' ? SM2 : ED25519, crypto)
    return readSigningKey(path, crypto)
  }
  async function registration(subject: Subject, organisation: string, more: object = {}) {
    const key = formatVerifierKey(subject.key)
    return { key, possession: await provePossession(subject, organisation, key), ...more }
  }
  const register = async (organisation: string, body: object, key?: string) =>
    platform.call(`/api/organisations/${organisation}/signing-keys`, {
      method: 'POST',
      body: JSON.stringify(body),
      ...(key !== undefined && { key }),
    })

  return {
    crypto,
    eventsOf,
    newKey,
    registration,
    register,
    /** a new organisation that signs with a new key */
    async subject(organisation: string, kind: SubjectKind, suite: SuiteId = 'sha256-ed25519', name = organisation) {
      await platform.call('/api/organisations', { method: 'POST', body: JSON.stringify({ organisation, name }) })
      const subject = await newKey(organisation, suite)
      const answer = await register(organisation, await registration(subject, organisation, { kind }))
      if (answer.status !== 201) throw new Error(await answer.text())
      return subject
    },
    note: (subject: Subject, document: object, time = seconds()) =>
      signEvents(subject, eventsOf(document), crypto, time),
    revoke: (organisation: string, subject: Subject) =>
      platform.call(`/api/organisations/${organisation}/signing-keys/${subject.key.keyId}`, { method: 'DELETE' }),
    /** captures with signatures; the answer as it is */
    send: (
      document: object,
      notes: string[],
      more: { key?: string; path?: string; headers?: object; body?: string } = {},
    ) =>
      platform.call(more.path ?? '/epcis/capture', {
        method: 'POST',
        body: more.body ?? JSON.stringify(document),
        headers: { 'yuanliu-signature': signatureHeader(notes), ...more.headers },
        ...(more.key !== undefined && { key: more.key }),
      }),
    async signatures(event: string) {
      const answer = await platform.call(`/api/events/${encodeURIComponent(event)}/signatures`)
      return (await answer.json()).signatures
    },
    countersign: (event: string, signature: string, key?: string) =>
      platform.call(`/api/events/${encodeURIComponent(event)}/signatures`, {
        method: 'POST',
        body: JSON.stringify({ signature }),
        ...(key !== undefined && { key }),
      }),
    /** Checks a signature as a stranger does: from the event and what the platform gives. */
    async verify(document: object, event: number, { key, note, index, path }: EventSignature) {
      const proof = { note, index, path: path.map(text => new Uint8Array(Buffer.from(text, 'base64'))) }
      const signable = eventsOf(document)[event]
      if (!signable) throw new Error('no such event')
      return verifyEventSignature(signable, proof, key, crypto)
    },
    isCaptured: async (event: Record<string, unknown>) =>
      (await platform.call(`/epcis/events/${encodeURIComponent(idOf(event))}`)).status === 200,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
