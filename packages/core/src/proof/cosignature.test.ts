import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromBase64, textOf, utf8 } from './bytes.ts'
import { openCheckpoint, signCheckpoint } from './checkpoint.ts'
import { cosignatureTime, splitCosignature } from './cosignature.ts'
import { ED25519_COSIGNATURE, parseVerifierKey, SM2, SM2_COSIGNATURE, verifierKey } from './key.ts'
import { formatNote, openNote, parseNote } from './note.ts'
import { Refusal } from './refusal.ts'
import { noteVerifier, noteVerifiers } from './signature.ts'
import { CRYPTO, ed25519Signer, sm2Signer } from './signing.fixture.ts'
import { flip, SM3_TREE } from './tree.fixture.ts'
import { logVectors, VECTORS_THERE } from './vectors.fixture.ts'

const KNOWN = logVectors('cosignature/cosignature-v1.json', {
  cases: [] as { checkpoint: string; vkey: string; time: string; seed_text: string; origin_sha256_hex?: string }[],
  timestamps: [] as { signature_b64: string; time?: string; reject?: string }[],
  vkeys_type_0x04: [] as string[],
  vkeys_type_0x06: { accept: [] as { vkey: string }[], reject: [] as { vkey: string }[] },
})

describe.skipIf(!VECTORS_THERE)('published cosignatures (skipped where ../shared/vectors is absent)', () => {
  it.each(KNOWN.cases)('$vkey', async ({ checkpoint, vkey, time, seed_text }) => {
    const opened = await openNote(utf8(checkpoint), [noteVerifier(vkey, CRYPTO.checks)])
    expect(opened.verified.map(cosignatureTime)).toEqual([BigInt(time)])
    const seed = new Uint8Array(createHash('sha256').update(seed_text).digest())
    const { name } = parseVerifierKey(vkey)
    const signer = ed25519Signer(name, seed, ED25519_COSIGNATURE, () => BigInt(time))
    const signature = await signer.sign(utf8(opened.text))
    expect(opened.verified[0]).toEqual({ name, keyId: signer.vkey.keyId, signature })
  })

  it('times are read, other lengths refused', () => {
    for (const { signature_b64, time, reject } of KNOWN.timestamps) {
      const bytes = fromBase64(signature_b64).slice(4)
      if (reject) expect(() => splitCosignature(bytes)).toThrow(Refusal)
      else expect(splitCosignature(bytes).time).toBe(BigInt(time ?? ''))
    }
  })

  it('keys of type 4 and 6 are read; lines of the type that is not checked are ignored', async () => {
    expect(KNOWN.vkeys_type_0x04.map(k => parseVerifierKey(k).algorithm.id)).toContain('ed25519-cosignature')
    const keys = KNOWN.vkeys_type_0x06.accept.map(k => parseVerifierKey(k.vkey))
    expect(keys.map(k => k.algorithm.id)).toEqual(['ml-dsa-44-cosignature'])
    for (const { vkey } of KNOWN.vkeys_type_0x06.reject) expect(() => parseVerifierKey(vkey)).toThrow(Refusal)
    expect(noteVerifiers(keys, CRYPTO.checks)).toEqual([])
    expect(() => noteVerifier(keys[0]!, CRYPTO.checks)).toThrow(
      expect.objectContaining({ kind: 'algorithm-unavailable' }),
    )
  })
})

describe('a cosigned checkpoint of the SM2 suite', async () => {
  const log = sm2Signer('city.example/log/sm', '22'.repeat(32), SM2)
  const witness = sm2Signer('witness.example', '33'.repeat(32), SM2_COSIGNATURE, () => 1_800_000_000n)
  const checkpoint = { origin: 'city.example/log/sm', size: 0n, root: SM3_TREE.empty, extensions: [] }
  const note = await signCheckpoint(checkpoint, [log, witness])
  const keys = { origin: checkpoint.origin, keys: [noteVerifier(log.vkey, CRYPTO.checks)] }
  const cosigners = [noteVerifier(witness.vkey, CRYPTO.checks)]

  it('is opened with its time', async () => {
    const opened = await openCheckpoint(note, keys, cosigners)
    expect(opened).toMatchObject({ size: 0n, origin: checkpoint.origin })
    expect(opened.note.verified.map(s => s.name)).toEqual([log.vkey.name, witness.vkey.name])
    expect(cosignatureTime(opened.note.verified[1]!)).toBe(1_800_000_000n)
  })

  it('keeps the two roles apart: neither line stands for the other', async () => {
    const { text, signatures } = parseNote(note)
    const asWitness = verifierKey(log.vkey.name, SM2_COSIGNATURE, log.vkey.publicKey)
    expect(asWitness.keyId).not.toBe(log.vkey.keyId)
    const swapped = { ...signatures[0]!, keyId: asWitness.keyId }
    await expect(
      openNote(formatNote(textOf(text), [swapped]), [noteVerifier(asWitness, CRYPTO.checks)]),
    ).rejects.toMatchObject({ kind: 'signature-wrong' })
  })

  it('another time, another origin, or only the witness’s line is refused', async () => {
    const { text, signatures } = parseNote(note)
    const later = { ...signatures[1]!, signature: flip(signatures[1]!.signature, 63) }
    const other = formatNote(textOf(text), [signatures[0]!, later])
    await expect(openCheckpoint(other, keys, cosigners)).rejects.toMatchObject({ kind: 'signature-wrong' })
    const alone = formatNote(textOf(text), [signatures[1]!])
    await expect(openCheckpoint(alone, keys, cosigners)).rejects.toMatchObject({ kind: 'signature-missing' })
    const moved = { ...keys, origin: 'town.example/log' }
    await expect(openCheckpoint(note, moved)).rejects.toMatchObject({ kind: 'origin-other' })
  })
})
