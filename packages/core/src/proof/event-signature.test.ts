import { sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex, textOf } from './bytes.ts'
import {
  checkPossession,
  eventLeaf,
  openEventSignature,
  orderedJson,
  parseStatement,
  pathOfLeaf,
  possessionText,
  provePossession,
  rootOfLeaves,
  type SignableEvent,
  type Subject,
  signEvents,
  signerNamed,
  statementText,
  verifyEventSignature,
} from './event-signature.ts'
import { ED25519, ED25519_COSIGNATURE, formatVerifierKey, SM2, verifierKey } from './key.ts'
import { provesInclusion } from './merkle.ts'
import { CRYPTO, ed25519FromSeed, sm2Signer } from './signing.fixture.ts'
import { newWebKeys, signatureHeader, webSubject } from './subject.ts'
import { suite } from './suite.ts'

const SEED = new Uint8Array(32).fill(7)
function ed25519(name: string, algorithm = ED25519): Subject {
  const { key, publicKey } = ed25519FromSeed(SEED)
  return { key: verifierKey(name, algorithm, publicKey), sign: m => new Uint8Array(sign(null, m, key)) }
}
const SM2_SECRET = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8'
function sm2(name: string): Subject {
  const { vkey, sign: signText } = sm2Signer(name, SM2_SECRET, SM2)
  return { key: vkey, sign: message => signText(message) }
}
const event = (n: number, more: Partial<SignableEvent> = {}): SignableEvent => ({
  id: `urn:example:event-${n}`,
  prehash: `eventType=ObjectEventeventTime=${n}`,
  ...more,
})

describe('what is signed (frozen: docs/adr/0021)', () => {
  it('is this text over this leaf', async () => {
    const one = { id: 'urn:uuid:0b5e2f7e-5d3c-4c0a-9f52-2a6a5b1c7d10', prehash: 'eventType=ObjectEvent' }
    expect(textOf(eventLeaf(CRYPTO.hashes.sha256, one))).toBe(
      'urn:uuid:0b5e2f7e-5d3c-4c0a-9f52-2a6a5b1c7d10\n7aa6d15415d4b429d7c4f7b3f1aaebcdbd9a12ad5c6ff4951247b61e621b9659\n',
    )
    expect(textOf(eventLeaf(CRYPTO.hashes.sm3, one))).toBe(
      'urn:uuid:0b5e2f7e-5d3c-4c0a-9f52-2a6a5b1c7d10\nf7e36211a865b29ca5a76d83df2bc6e2c47435328a53b4e5e8ad34ea31037629\n',
    )
    expect(
      await signEvents(ed25519('farm-1'), [one], CRYPTO, 1790000000n),
    ).toBe(`urn:uuid:850d9732-ddfa-480c-8fb2-2a24254e5439#event-signature-v1
time 1790000000
events 1
8V9kWJl3uSFTDhWwhcRcXS7YG4LX0MKaG6nzJ44qUTw=

— farm-1 uHnUJjb6EplM+gy+MKMFWXnBlOc1mgR2V12gAWseCYJE3Z3ZHh03vcH8kzy7F2wGoHz4U5mCGZP863xy6VOwYI58IwY=
`)
    const root = parseStatement(`${(await signEvents(sm2('farm-1'), [one], CRYPTO, 1n)).split('\n\n')[0]}\n`).root
    expect(hex(root)).toBe('0ce2186bba269edada2a721523dde5f2e3a6b049c340b95ceefd65307612836e')
  })

  it('has an error declaration in a line of its own, whatever the order of its members', () => {
    const lines = (declaration?: unknown) =>
      textOf(eventLeaf(CRYPTO.hashes.sha256, event(1, declaration === undefined ? {} : { declaration }))).split('\n')
    expect(lines()).toHaveLength(3)
    expect(lines({ reason: 'a', declarationTime: 'b' })).toHaveLength(4)
    expect(lines({ reason: 'a', declarationTime: 'b' })).toEqual(lines({ declarationTime: 'b', reason: 'a' }))
    expect(lines({ reason: 'a' })).not.toEqual(lines({ reason: 'b' }))
    expect(orderedJson({ b: [1, { d: 1, c: 2 }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":2,"d":1}]}')
  })

  it('takes no id that could be read as more than one line', () => {
    expect(() => eventLeaf(CRYPTO.hashes.sha256, event(1, { id: 'urn:a\nb' }))).toThrow('control character')
  })
})

describe('a note', () => {
  it('proves each of its events and no other, in both suites, for every size', async () => {
    for (const subject of [ed25519('farm-1'), sm2('lab')]) {
      const { tree, hashName } = suite(subject.key.algorithm === SM2 ? 'sm3-sm2' : 'sha256-ed25519', CRYPTO)
      for (const size of [1, 2, 3, 5, 8, 13]) {
        const events = Array.from({ length: size }, (_, i) => event(i))
        const note = await signEvents(subject, events, CRYPTO, 5n)
        const leaves = events.map(e => tree.leaf(eventLeaf(CRYPTO.hashes[hashName], e)))
        for (const [index, one] of events.entries()) {
          const proof = { note, index, path: pathOfLeaf(tree, leaves, index) }
          const statement = await verifyEventSignature(one, proof, subject.key, CRYPTO)
          expect([statement.time, statement.events]).toEqual([5n, size])
          for (const wrong of [event(99), event(index, { id: 'urn:other' }), event(index, { declaration: {} })])
            await expect(verifyEventSignature(wrong, proof, subject.key, CRYPTO)).rejects.toThrow('does not cover')
        }
      }
    }
  })

  it('of the other suite, of another key or with another time is refused', async () => {
    const note = await signEvents(ed25519('farm-1'), [event(1)], CRYPTO, 5n)
    await expect(openEventSignature(note, sm2('farm-1').key, CRYPTO)).rejects.toThrow('No signature by a known key')
    await expect(openEventSignature(note.replace('time 5', 'time 6'), ed25519('farm-1').key, CRYPTO)).rejects.toThrow(
      'wrong',
    )
    await expect(openEventSignature(note, ed25519('farm-2').key, CRYPTO)).rejects.toThrow('No signature')
    expect(signerNamed(note)).toEqual({ name: 'farm-1', keyId: ed25519('farm-1').key.keyId })
    const [text, signature] = note.split('\n\n')
    expect(() => signerNamed(`${text}\n\n${signature}${signature}`)).toThrow('one signature line')
    await expect(openEventSignature(note, ed25519('farm-1', ED25519_COSIGNATURE).key, CRYPTO)).rejects.toThrow(
      'not known',
    )
    await expect(signEvents(ed25519('w', ED25519_COSIGNATURE), [event(1)], CRYPTO, 5n)).rejects.toThrow('not known')
    await expect(signEvents(ed25519('farm-1'), [], CRYPTO, 5n)).rejects.toThrow('no event')
  })

  it('that shows possession of a key is none over events, and the other way round', async () => {
    const subject = ed25519('farm-1')
    const key = formatVerifierKey(subject.key)
    const shown = await provePossession(subject, 'farm-1', key)
    await checkPossession(shown, 'farm-1', key, CRYPTO)
    await expect(checkPossession(shown, 'farm-2', key, CRYPTO)).rejects.toThrow('another organisation')
    await expect(openEventSignature(shown, key, CRYPTO)).rejects.toThrow('statement is malformed')
    const note = await signEvents(subject, [event(1)], CRYPTO, 5n)
    await expect(checkPossession(note, 'farm-1', key, CRYPTO)).rejects.toThrow('another organisation')
    expect(possessionText('farm-1', key).split('\n')).toHaveLength(4)
  })

  it('is read in one spelling only', () => {
    const good = statementText({ time: 5n, events: 2, root: new Uint8Array(32) })
    expect(parseStatement(good)).toEqual({ time: 5n, events: 2, root: new Uint8Array(32) })
    for (const wrong of [
      good.replace('v1', 'v2'),
      good.replace('time 5', 'time 05'),
      good.replace('time 5', 'time -5'),
      good.replace('time', 'Time'),
      good.replace('events 2', 'events 0'),
      good.replace('events 2', 'events 2147483648'),
      good.replace('events 2', 'events 2 '),
      good.replace('AAA=', 'AAB='),
      `${good}more\n`,
      good.slice(0, -1),
      '',
    ])
      expect(() => parseStatement(wrong), JSON.stringify(wrong)).toThrow()
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 62n }), fc.integer({ min: 1, max: 2 ** 31 - 1 }), (time, events) => {
        expect(parseStatement(statementText({ time, events, root: SEED }))).toEqual({ time, events, root: SEED })
      }),
    )
  })
})

it('audit paths are those of RFC 9162, for every leaf of every tree up to 40', () => {
  const { tree } = suite('sha256-ed25519', CRYPTO)
  const all = Array.from({ length: 40 }, (_, i) => tree.leaf(Uint8Array.of(i)))
  for (let size = 1; size <= all.length; size++) {
    const leaves = all.slice(0, size)
    const root = rootOfLeaves(tree, leaves)
    for (let index = 0; index < size; index++) {
      const path = pathOfLeaf(tree, leaves, index)
      const claim = { index: BigInt(index), size: BigInt(size), leafHash: all[index]!, path, root }
      expect(provesInclusion(tree, claim)).toBe(true)
      expect(provesInclusion(tree, { ...claim, index: BigInt((index + 1) % size) })).toBe(size === 1)
    }
  }
  expect(() => pathOfLeaf(tree, all, 40)).toThrow('out of range')
})

it('a browser signs with a key that cannot be read out', async () => {
  const keys = await newWebKeys()
  expect(keys.privateKey.extractable).toBe(false)
  const subject = await webSubject('mill/web', keys)
  const note = await signEvents(subject, [event(1)], CRYPTO, 5n)
  await verifyEventSignature(event(1), { note, index: 0, path: [] }, formatVerifierKey(subject.key), CRYPTO)
  expect(signatureHeader([note, note])).toMatch(/^:[A-Za-z0-9+/=]+:, :[A-Za-z0-9+/=]+:$/)
})
