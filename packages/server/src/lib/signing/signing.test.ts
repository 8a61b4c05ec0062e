import { createCipheriv } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ED25519,
  ED25519_COSIGNATURE,
  formatVerifierKey,
  isSm2PublicKey,
  noteVerifier,
  openNote,
  SM2,
  SM2_COSIGNATURE,
  sha256,
  signNote,
  sm2FromLibrary,
  sm3,
} from '@yuanliu/core'
import { sm2 } from 'sm-crypto-v2'
import { afterAll, describe, expect, it } from 'vitest'
import { logVectors, VECTORS_THERE } from '../../../../core/src/proof/vectors.fixture.ts'
import { nodeCrypto } from './node-crypto.ts'
import { seal, unseal } from './seal.ts'
import { createSigningKey, readSigningKey, signerOf } from './signing-key.ts'
import { checkSm2, newSm2Key, signSm2, sm2PrivateKey } from './sm2-node.ts'

const crypto = await nodeCrypto()
const folder = mkdtempSync(join(tmpdir(), 'yuanliu-signing-'))
afterAll(() => rmSync(folder, { recursive: true }))
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))

describe('the cryptography of Node', () => {
  it('hashes as the portable one, at every length around its switch', () => {
    for (let length = 0; length < 300; length++) {
      const text = Uint8Array.from({ length }, (_, i) => i * 11 + length)
      expect(Buffer.compare(crypto.hashes.sha256(text), sha256(text))).toBe(0)
      expect(Buffer.compare(crypto.hashes.sm3(text), sm3(text))).toBe(0)
    }
  })

  it('SM2 is Node’s own; the library in its place passes the same tests and makes keys and signatures', async () => {
    expect(crypto.sm2By).toBe('node')
    const fallback = await nodeCrypto('sm-crypto-v2')
    const { secret, publicKey } = fallback.newSm2Key()
    const message = Buffer.from('message')
    const signature = await fallback.signSm2(secret, publicKey)(message)
    expect(await checkSm2(publicKey, message, signature)).toBe(true)
    expect(fallback.newSm2Key().secret).not.toEqual(secret)
  })

  it('SM2 agrees with the library both ways, for keys of either', async () => {
    const library = sm2FromLibrary(sm2)
    for (let i = 0; i < 20; i++) {
      const { secret, publicKey } =
        i % 2 === 0 ? newSm2Key() : { secret: bytes(`${10 + i}`.repeat(32)), publicKey: new Uint8Array(0) }
      const own =
        publicKey.length > 0 ? publicKey : bytes(sm2.getPublicKeyFromPrivateKey(Buffer.from(secret).toString('hex')))
      expect(isSm2PublicKey(own)).toBe(true)
      const message = Buffer.from(`message ${i}`.repeat(i))
      const signature = signSm2(sm2PrivateKey(secret, own), own)(message)
      expect(await library(own, message, signature)).toBe(true)
      const theirs = await crypto.signSm2(secret, own)(message)
      expect([await checkSm2(own, message, theirs), await library(own, message, theirs)]).toEqual([true, true])
      expect(await checkSm2(own, Buffer.from('another'), signature)).toBe(false)
    }
  })

  it.skipIf(!VECTORS_THERE)(
    'refuses every malformed SM2 signature of the vectors (skipped where ../shared/vectors is absent)',
    async () => {
      const known = logVectors('gm/sm2.json', {
        standard_example: {} as Record<string, string>,
        must_reject_on_standard_example: [] as {
          desc: string
          rs?: string
          user_id_ascii?: string
          public_key?: string
        }[],
      })
      const { public_key_x, public_key_y, message_ascii = '', r, s } = known.standard_example
      const publicKey = bytes(`04${public_key_x}${public_key_y}`)
      expect(await checkSm2(publicKey, Buffer.from(message_ascii), bytes(`${r}${s}`))).toBe(true)
      const raw = known.must_reject_on_standard_example.filter(c => c.rs !== undefined && c.user_id_ascii === undefined)
      expect(raw.length).toBeGreaterThan(9)
      for (const { desc, rs, public_key } of raw) {
        const key = public_key === undefined ? publicKey : bytes(public_key)
        expect(await crypto.checks.sm2!(key, Buffer.from(message_ascii), bytes(rs ?? '')), desc).toBe(false)
      }
    },
  )

  it.skipIf(!VECTORS_THERE)(
    'SM4 in counter mode is the published one (skipped where ../shared/vectors is absent)',
    () => {
      const { cases } = logVectors('gm/sm4.json', { cases: [] as Record<string, string>[] })
      const { key = '', iv = '', plaintext = '', ciphertext } = cases.find(c => c.mode === 'ctr')!
      const sm4 = createCipheriv('sm4-ctr', bytes(key), bytes(iv))
      expect(Buffer.concat([sm4.update(bytes(plaintext)), sm4.final()]).toString('hex')).toBe(ciphertext)
    },
  )
})

describe('a key file', () => {
  const passphrase = '一个口令 passphrase'
  const locks = [undefined, { passphrase, cipher: 'aes-256-gcm' }, { passphrase, cipher: 'sm4-ctr-hmac-sm3' }] as const
  const kinds = [ED25519, ED25519_COSIGNATURE, SM2, SM2_COSIGNATURE].flatMap(algorithm =>
    // The passphrase costs time on purpose: a cosigner's file is sealed as a log's is.
    locks
      .filter(lock => lock === undefined || algorithm.cosignatureHeader === null)
      .map(lock => ({ algorithm, lock, name: `${algorithm.id}-${lock?.cipher ?? 'clear'}` })),
  )

  it.each(kinds)('$name: signs what its verifier key opens', async ({ algorithm, lock, name }) => {
    const path = join(folder, 'keys', `${name}.json`)
    const made = createSigningKey(path, 'city.example/log', algorithm, crypto, lock)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const read = await readSigningKey(path, crypto, lock?.passphrase)
    expect(read.key).toEqual(made)
    const note = await signNote('text\n', [signerOf(read, () => 1_800_000_000n)])
    expect((await openNote(note, [noteVerifier(made, crypto.checks)])).verified.length).toBe(1)
    const secret = JSON.parse(readFileSync(path, 'utf8'))
    expect(Object.keys(secret)).toEqual(['type', 'version', 'key', lock === undefined ? 'secret' : 'sealed'])
    expect(() => createSigningKey(path, 'city.example/log', algorithm, crypto, lock)).toThrow('never written over')
    expect(readFileSync(path, 'utf8')).toContain(formatVerifierKey(made))
  })

  it('is refused, in words, with others able to read it, a wrong passphrase or another public key', async () => {
    const path = join(folder, 'refused.json')
    createSigningKey(path, 'city.example/log', ED25519, crypto, { passphrase, cipher: 'aes-256-gcm' })
    await expect(readSigningKey(path, crypto)).rejects.toThrow('give the passphrase')
    await expect(readSigningKey(path, crypto, 'wrong')).rejects.toThrow('the passphrase is wrong')
    chmodSync(path, 0o640)
    await expect(readSigningKey(path, crypto, passphrase)).rejects.toThrow('chmod 600')
    chmodSync(path, 0o600)
    const one = join(folder, 'one.json')
    const two = join(folder, 'two.json')
    for (const algorithm of [ED25519, SM2]) {
      for (const file of [one, two]) rmSync(file, { force: true })
      createSigningKey(one, 'city.example/log', algorithm, crypto)
      createSigningKey(two, 'city.example/log', algorithm, crypto)
      const [a, b] = [one, two].map(file => JSON.parse(readFileSync(file, 'utf8')))
      writeFileSync(one, JSON.stringify({ ...a, secret: b.secret }))
      await expect(readSigningKey(one, crypto)).rejects.toThrow('not that of the public key')
    }
    for (const text of ['', 'null', '{}', '{"type":"yuanliu signing key","version":2}', '[1]']) {
      writeFileSync(one, text)
      await expect(readSigningKey(one, crypto), text).rejects.toThrow(`Signing key ${one}`)
    }
  })

  it.each(['aes-256-gcm', 'sm4-ctr-hmac-sm3'] as const)('%s: any part altered does not open', cipher => {
    const secret = new Uint8Array(32).fill(3)
    const sealed = seal(secret, passphrase, 'context', cipher)
    expect(unseal(sealed, passphrase, 'context')).toEqual(secret)
    const none = [
      unseal(sealed, passphrase, 'another context'),
      unseal({ ...sealed, tag: '' }, passphrase, 'context'),
      unseal({ ...sealed, tag: sealed.tag.slice(0, 8) }, passphrase, 'context'),
      unseal({ ...sealed, cost: sealed.cost * 2 }, passphrase, 'context'),
      unseal({ ...sealed, cost: 1 }, passphrase, 'context'),
      unseal({ ...sealed, cost: 2 ** 40 }, passphrase, 'context'),
      ...(['salt', 'nonce', 'data', 'tag'] as const).map(part => {
        const altered = Buffer.from(sealed[part], 'base64')
        altered[0] = altered[0]! ^ 1
        return unseal({ ...sealed, [part]: altered.toString('base64') }, passphrase, 'context')
      }),
    ]
    expect(none).toEqual(none.map(() => null))
  })
})
