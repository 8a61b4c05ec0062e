import { sm2 } from 'sm-crypto-v2'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fromHex, hex, textOf, utf8 } from './bytes.ts'
import { openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts'
import { formatVerifierKey, type KeyAlgorithm, parseVerifierKey, SM2 } from './key.ts'
import { parseNote } from './note.ts'
import { selfTest } from './self-test.ts'
import { KNOWN_BUNDLE, selfTestBundle } from './self-test-bundle.ts'
import { noteVerifier } from './signature.ts'
import { CRYPTO, ed25519Signer, sm2Signer } from './signing.fixture.ts'
import { isSm2PublicKey, isSm2Signature, sm2Digest, sm2FromDer, sm2FromLibrary, sm2ToDer, sm2Z } from './sm2.ts'
import { type ProofCrypto, portableCrypto } from './suite.ts'
import { logVectors, VECTORS_THERE } from './vectors.fixture.ts'

const check = sm2FromLibrary(sm2)
const { sm3 } = CRYPTO.hashes
const GM = logVectors('gm/sm2.json', {
  standard_example: {} as Record<string, string>,
  must_reject_on_standard_example: [] as {
    desc: string
    rs?: string
    der?: string
    user_id_ascii?: string
    public_key?: string
  }[],
  valid_der: '',
})
const {
  public_key_x = '',
  public_key_y = '',
  message_ascii = '',
  za = '',
  e = '',
  r = '',
  s = '',
} = GM.standard_example

describe.skipIf(!VECTORS_THERE)('SM2, the example of GB/T 32918.5 (skipped where ../shared/vectors is absent)', () => {
  const publicKey = fromHex(`04${public_key_x}${public_key_y}`)
  const message = utf8(message_ascii)

  it('has its Z and e, and its signature verifies', async () => {
    expect(hex(sm2Z(sm3, publicKey))).toBe(za)
    expect(hex(sm2Digest(sm3, publicKey, message))).toBe(e)
    expect(await check(publicKey, message, fromHex(r + s))).toBe(true)
    expect(await check(publicKey, utf8('another'), fromHex(r + s))).toBe(false)
  })

  it('DER goes back and forth', () => {
    expect(hex(sm2ToDer(fromHex(r + s)))).toBe(GM.valid_der)
    expect(hex(sm2FromDer(fromHex(GM.valid_der)) ?? new Uint8Array(0))).toBe(r + s)
  })

  it.each(GM.must_reject_on_standard_example)('refuses: $desc', async ({ rs, der, user_id_ascii, public_key }) => {
    const key = public_key === undefined ? publicKey : fromHex(public_key)
    if (der !== undefined) {
      expect(sm2FromDer(fromHex(der))).toBeNull()
    } else if (user_id_ascii !== undefined) {
      // Another user id is another digest: the one that this signature is over is not signed for it.
      expect(hex(sm2Digest(sm3, key, message, user_id_ascii))).not.toBe(e)
    } else {
      expect(await check(key, message, fromHex(rs ?? ''))).toBe(false)
      expect(isSm2PublicKey(key) && isSm2Signature(fromHex(rs ?? ''))).toBe(false)
    }
  })

  it('one SM2 note over an SM3 tree, with an identifier of its own', async () => {
    const known = logVectors('gm/sm2-note-illustration.json', { identifier: '', vkey: '', note: '', private_key: '' })
    const prefix = Uint8Array.of(0xff, ...utf8(known.identifier))
    const algorithm: KeyAlgorithm = { ...SM2, id: 'illustration', prefix }
    const key = parseVerifierKey(known.vkey, [algorithm])
    const log = { origin: 'example.com/log/sm', keys: [noteVerifier(key, CRYPTO.checks)] }
    expect((await openCheckpoint(utf8(known.note), log)).size).toBe(15n)
    expect(sm2Signer(key.name, known.private_key, algorithm).vkey.keyId).toBe(key.keyId)
    expect(() => parseVerifierKey(known.vkey)).toThrow(expect.objectContaining({ kind: 'algorithm-unknown' }))
  })
})

describe('known-answer tests', () => {
  it('pass on the portable cryptography', async () => {
    await selfTest(CRYPTO)
  })

  const { hashes, checks } = CRYPTO
  it.each([
    ['a hash that is another', { hashes: { ...hashes, sm3: hashes.sha256 }, checks }, 'sm3'],
    ['a check that takes everything', { hashes, checks: { ...checks, sm2: () => true } }, 'SM2'],
    ['a check that takes nothing', { hashes, checks: { ...checks, ed25519: () => false } }, 'Ed25519'],
    [
      'a check that forgets to hash',
      {
        hashes,
        checks: {
          sm2: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
            message.length === 32
              ? sm2.doVerifySignature(message, hex(signature), hex(key), { hash: false })
              : check(key, message, signature),
        },
      },
      'SM2',
    ],
  ])('find %s', async (_, crypto, name) => {
    await expect(selfTest(crypto)).rejects.toMatchObject({ kind: 'self-test', at: expect.stringContaining(name) })
  })
})

describe('the bundle whose answer is known', () => {
  it('is what the published key signs', async () => {
    const seed = fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')
    const { vkey, ...signer } = ed25519Signer('self-test.invalid/log', seed)
    expect(KNOWN_BUNDLE.policy).toBe(`log ${formatVerifierKey(vkey)}\nquorum none\n`)
    const { origin, size, root, extensions } = parseCheckpoint(textOf(parseNote(utf8(KNOWN_BUNDLE.checkpoint)).text))
    expect(textOf(await signCheckpoint({ origin, size, root, extensions }, [signer]))).toBe(KNOWN_BUNDLE.checkpoint)
  })

  it('passes on the portable cryptography, and finds what takes or computes something else', async () => {
    await selfTestBundle(CRYPTO)
    const { hashes, checks } = CRYPTO
    const cases: [ProofCrypto, string][] = [
      [{ hashes: { ...hashes, sha256: hashes.sm3 }, checks }, 'a proof'],
      [{ hashes, checks: { ed25519: () => true } }, 'an altered checkpoint'],
      [{ hashes, checks: { ed25519: () => false } }, 'a proof'],
      [
        {
          hashes: { ...hashes, sha256: bytes => hashes.sha256(bytes.length === 65 ? bytes.subarray(0, 64) : bytes) },
          checks,
        },
        'a proof',
      ],
    ]
    for (const [crypto, at] of cases)
      await expect(selfTestBundle(crypto)).rejects.toMatchObject({ kind: 'self-test', at: expect.stringContaining(at) })
  })
})

describe('an environment without Ed25519', () => {
  const native = globalThis.crypto
  afterEach(() => vi.stubGlobal('crypto', native))
  const { ed25519 } = portableCrypto().checks
  const check = async () => ed25519!(new Uint8Array(32).fill(1), new Uint8Array(1), new Uint8Array(64))

  it('says so: a signature that cannot be checked is not a wrong one', async () => {
    vi.stubGlobal('crypto', {})
    await expect(check()).rejects.toMatchObject({ kind: 'algorithm-unavailable' })
    const importKey = () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))
    vi.stubGlobal('crypto', { subtle: { importKey } })
    await expect(check()).rejects.toMatchObject({ kind: 'algorithm-unavailable' })
  })

  it('with it a key that is no point is a wrong signature', async () => {
    expect(await check()).toBe(false)
  })
})
