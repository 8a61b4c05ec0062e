import { createHash, randomUUID } from 'node:crypto'
import type { EventSignature, LogStatement, SignableEvent, Subject, SuiteId } from '@yuanliu/core'
import { formatVerifierKey } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../packages/server/src/lib/db/sql.ts'
import { nodeCrypto } from '../../packages/server/src/lib/signing/node-crypto.ts'
import { holdClock } from '../../packages/server/src/log/event-store.ts'
import { logged } from '../../packages/server/src/log/reading.fixture.ts'
import { logKeyFolder } from '../../packages/server/src/log/signing.fixture.ts'
import { stateSubjects } from '../../packages/server/src/log/statements.ts'
import { seconds, subjectsOf } from '../../packages/server/src/signing/signing.fixture.ts'
import { findKey, insertSigned, putSignature } from '../../packages/server/src/signing/store.ts'
import { documentOf, objectEvent } from '../support/events.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { SUITES, verifiers } from './python.fixture.ts'

/** A program in Python, written from the documentation alone, tells whether a subject's signature counts. */

interface Evidence {
  event: SignableEvent
  signature: EventSignature
  registered: LogStatement
  signed: LogStatement
  revoked?: LogStatement
}

const { file, run, each, remove } = verifiers()
const logKeys = logKeyFolder('trace.example.org/log', await nodeCrypto())
const event = objectEvent({ eventID: `urn:uuid:${randomUUID()}` })
const late = objectEvent({ eventID: `urn:uuid:${randomUUID()}` })
const document = documentOf([objectEvent(), event, objectEvent()])
let p: Platform
let s: Awaited<ReturnType<typeof subjectsOf>>
const logKey = {} as Record<SuiteId, string>
const subjects = {} as Record<SuiteId, { code: string; subject: Subject; key: string }>

beforeAll(async () => {
  p = await startPlatform({ LOG: 'sha256-ed25519,sm3-sm2', ...logKeys.env })
  s = await subjectsOf(p)
  const { logs } = await (await p.call('/api/log')).json()
  for (const log of logs) logKey[log.suite as SuiteId] = log.key
  for (const { suite } of SUITES) {
    const code = suite === 'sm3-sm2' ? 'lab' : 'farm'
    const subject = await s.subject(code, suite === 'sm3-sm2' ? 'testing' : 'enterprise', suite)
    subjects[suite] = { code, subject, key: formatVerifierKey(subject.key) }
    // The first with its capture, the second afterwards, over one event alone.
    if (code === 'farm') expect((await s.send(document, [await s.note(subject, document)])).status).toBe(202)
    else
      expect((await s.countersign(String(event.eventID), await s.note(subject, documentOf([event])))).status).toBe(201)
  }
  await p.capture(documentOf([late]))
  for (const { code, subject } of Object.values(subjects)) {
    expect((await s.revoke(code, subject)).status).toBe(200)
    await noteAfterRevocation(code, subject)
  }
  await logged(p)
})
afterAll(async () => {
  s?.remove()
  logKeys.remove()
  remove()
  await p?.stop()
})

/** What no honest platform does: a note by a key that is revoked gets an entry of the log, behind the revocation. */
async function noteAfterRevocation(code: string, subject: Subject): Promise<void> {
  const note = await s.note(subject, documentOf([late]))
  await p.running.parts.db.tx(async tx => {
    const key = await findKey(tx, code, subject.key.keyId)
    const row = await tx.row<{ key: string; recorded: number }>(
      sql`select replace(key::text, '-', '') as key, recorded from event where id = ${String(late.eventID)}`,
    )
    const position = await holdClock(tx, 1)
    const digest = createHash('sha256').update(note).digest()
    const of = { digest, position, recorded: row?.recorded ?? 0, signed: Number(seconds()), note, leaves: null }
    const { id } = await putSignature(tx, { key: key?.id ?? 0, ...of })
    await insertSigned(tx, id, [{ event: row?.key ?? '', part: 0, leaf: 0 }])
    await stateSubjects(tx, ['sha256', 'sm3'], [{ says: 'signature', subject: id, position }])
  })
}

async function statement(position: number | null | undefined, suite: SuiteId): Promise<LogStatement> {
  const answer = await p.call(`/api/log/statements/${position}?suite=${suite}`)
  expect(answer.status).toBe(200)
  return answer.json()
}

/** What anybody can fetch on the signature of an event by a subject. */
async function evidenceOf(subject: SuiteId, suite: SuiteId, of = event): Promise<Evidence> {
  const { code, key } = subjects[subject]
  const signatures: EventSignature[] = await s.signatures(String(of.eventID))
  const signature = signatures.find(one => one.key === key) as EventSignature
  const [{ stated }] = (await (await p.call(`/api/organisations/${code}/signing-keys`)).json()).keys
  return {
    event: s.eventsOf(documentOf([of]))[0] as SignableEvent,
    signature,
    registered: await statement(stated.registered, suite),
    signed: await statement(signature.stated, suite),
    revoked: await statement(stated.revoked, suite),
  }
}

const flipped = (text: string, at = 0.5) => {
  const bytes = Buffer.from(text, 'base64')
  const i = Math.min(bytes.length - 1, Math.floor(bytes.length * at))
  bytes[i] = (bytes[i] ?? 0) ^ 1
  return bytes.toString('base64')
}

for (const { suite, isSkipped, title } of SUITES) {
  const other: SuiteId = suite === 'sm3-sm2' ? 'sha256-ed25519' : 'sm3-sm2'
  describe.skipIf(isSkipped)(`signatures of subjects, in the log of ${title}`, { timeout: 120_000 }, () => {
    const given = (name: string, evidence: object, key = subjects[suite].key, log = logKey[suite]) => [
      log,
      key,
      file(name, evidence),
    ]

    it('accepts one, by a key of either suite, before its revocation and where nothing is known of one', async () => {
      for (const { suite: of } of SUITES.filter(one => !one.isSkipped)) {
        const whole = await evidenceOf(of, suite)
        const { code, key } = subjects[of]
        const said = `${code} (${code === 'lab' ? 'testing' : 'enterprise'}) signed the event`
        expect(await run('verify_signature', ...given('whole', whole, key))).toBe(`${said}, before the key was revoked`)
        const { revoked: _, ...unrevoked } = whole
        expect(await run('verify_signature', ...given('unrevoked', unrevoked, key))).toBe(said)
      }
    })

    it('refuses a note that came after the revocation of its key, though the log has it', async () => {
      const after = await evidenceOf(suite, suite, late)
      expect(after.signed.position).toBeGreaterThan(after.revoked?.position ?? Number.POSITIVE_INFINITY)
      expect(await run('verify_signature', ...given('after', after))).toBe(
        'REFUSED: in the log, revoked does not come after signed',
      )
    })

    it('refuses another key, of the subject or of the log', async () => {
      const whole = await evidenceOf(suite, suite)
      const stranger = formatVerifierKey((await s.newKey(subjects[suite].code, suite)).key)
      const ofOther = await evidenceOf(other, suite)
      const said = await each('verify_signature', [
        given('whole', whole, stranger),
        given('claimed', { ...whole, signature: { ...whole.signature, key: stranger } }, stranger),
        given('registered', { ...whole, registered: ofOther.registered }),
        given('revoked', { ...whole, revoked: ofOther.revoked }),
        given('signed', { ...whole, signed: ofOther.signed }),
        given('log', whole, undefined, logKey[other]),
        given('log', whole, undefined, subjects[suite].key),
      ])
      expect(said).toEqual([
        '1 REFUSED: the signature is said to be of another key',
        "1 REFUSED: the subject's key has not signed",
        '1 REFUSED: another key was registered',
        expect.stringMatching(/^1 REFUSED: (statements on several organisations|another key was revoked)$/),
        expect.stringMatching(/^1 REFUSED: (statements on several organisations|the log received another note)$/),
        "1 REFUSED: registered: the log's key has not signed",
        "1 REFUSED: registered: the log's key has not signed",
      ])
    })

    it('refuses whatever is altered: the event, the note, and each part of each statement', async () => {
      const whole = await evidenceOf(suite, suite)
      const { event: of, signature } = whole
      const text = (name: string, evidence: object, why: RegExp) => ({ args: given(name, evidence), why, name })
      const cases = [
        text('id', { ...whole, event: { ...of, id: `${of.id}0` } }, /does not cover the event/),
        text('prehash', { ...whole, event: { ...of, prehash: `${of.prehash} ` } }, /does not cover the event/),
        text('declaration', { ...whole, event: { ...of, declaration: '{}' } }, /does not cover the event/),
        text(
          'index',
          { ...whole, signature: { ...signature, index: signature.index + 1 } },
          /cover|beyond|too (short|long)/,
        ),
        text('path', { ...whole, signature: { ...signature, path: [...signature.path, signature.note] } }, /REFUSED/),
        text(
          'time',
          { ...whole, signature: { ...signature, note: signature.note.replace('time 1', 'time 2') } },
          /wrong/,
        ),
        text('no note', { ...whole, signed: undefined }, /both needed/),
        text('no registration', { ...whole, registered: undefined }, /both needed/),
        text('exchanged', { ...whole, registered: whole.revoked, revoked: whole.registered }, /says something else/),
      ]
      for (const name of ['registered', 'signed', 'revoked'] as const) {
        const one = whole[name] as LogStatement
        const altered = (what: string, change: Partial<LogStatement>, why: RegExp) =>
          cases.push(text(`${name}-${what}`, { ...whole, [name]: { ...one, ...change } }, why))
        altered('bytes', { bytes: flipped(one.bytes) }, /does not open/)
        altered('salt', { salt: flipped(one.salt) }, /does not open/)
        altered('media-type', { mediaType: 'text/html' }, /does not open/)
        altered('time', { receivedAt: String(Number(one.receivedAt) + 1) }, /does not open/)
        altered('reporter', { reporter: 'somebody' }, /does not open/)
        altered('commitment', { entry: flipped(one.entry, 0.9) }, /different entries/)
        altered('position', { entry: flipped(one.entry, 0.1) }, /different entries/)
        altered(
          'place',
          { proof: one.proof.replace(/index \d+/, `index ${one.index + 1}`) },
          /root|beyond|too (short|long)/,
        )
        const root = /\n([0-9A-Za-z+/]{43}=)\n\n/.exec(one.proof)?.[1] ?? ''
        altered('root', { proof: one.proof.replace(root, flipped(root)) }, /signature is wrong|root/)
        altered('checkpoint', { proof: one.proof.replace(/— .*\n/, '') }, /REFUSED/)
      }
      const said = await each(
        'verify_signature',
        cases.map(({ args }) => args),
      )
      for (const [i, { name, why }] of cases.entries()) {
        expect(said[i], name).toMatch(/^1 REFUSED: /)
        expect(said[i], name).toMatch(why)
      }
    })
  })
}
