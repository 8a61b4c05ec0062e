import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64, concat, fromBase64, fromHex, textOf, utf8 } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { ED25519, formatVerifierKey, isKeyName, parseVerifierKey, SM2, verifierKey } from './key.ts'
import { openNote, parseNote, signNote } from './note.ts'
import { Refusal } from './refusal.ts'
import { noteVerifier } from './signature.ts'
import { CRYPTO, ed25519Signer, signerOf, sm2Signer } from './signing.fixture.ts'
import { flip } from './tree.fixture.ts'
import { logVectors, VECTORS_THERE } from './vectors.fixture.ts'

const NOTES = logVectors('note/signed-note.json', {
  keys: [] as { name: string; vkey: string; skey?: string; seed_hex?: string }[],
  valid: [] as { desc: string; note: string; trusted: string[]; verified: string[]; ignored?: string[] }[],
  reject: [] as { desc: string; note?: string; note_hex?: string; trusted: string[] }[],
  bad_vkeys: [] as string[],
})
const verifiers = (keys: string[]) => keys.map(key => noteVerifier(key, CRYPTO.checks))

describe.skipIf(!VECTORS_THERE)('published notes (skipped where ../shared/vectors is absent)', () => {
  it.each(NOTES.valid)('opens: $desc', async ({ note, trusted, verified, ignored }) => {
    const opened = await openNote(utf8(note), verifiers(trusted))
    expect(opened.verified.map(s => s.name)).toEqual(verified)
    expect(opened.ignored.map(s => s.name)).toEqual(ignored ?? [])
    expect(note.startsWith(opened.text)).toBe(true)
  })

  it.each(NOTES.reject)('refuses: $desc', async ({ note, note_hex, trusted }) => {
    const bytes = note === undefined ? fromHex(note_hex ?? '') : utf8(note)
    await expect(openNote(bytes, verifiers(trusted))).rejects.toThrow(Refusal)
  })

  it('keys are read and written', () => {
    for (const { name, vkey } of NOTES.keys) {
      expect(parseVerifierKey(vkey).name).toBe(name)
      expect(formatVerifierKey(parseVerifierKey(vkey))).toBe(vkey)
    }
    for (const vkey of NOTES.bad_vkeys) expect(() => parseVerifierKey(vkey), vkey).toThrow(Refusal)
  })

  it('signing again gives the same bytes', async () => {
    const signers = NOTES.keys.map(({ name, skey, seed_hex }) =>
      skey === undefined ? ed25519Signer(name, fromHex(seed_hex ?? '')) : signerOf(skey),
    )
    const both = NOTES.valid.find(v => v.desc === 'two trusted')!.note
    const text = both.slice(0, both.indexOf('\n\n') + 1)
    expect(textOf(await signNote(text, signers))).toBe(both)
  })
})

describe('a signed note', () => {
  const one = ed25519Signer('one.example/log', new Uint8Array(32).fill(1))
  const two = sm2Signer('two.example/log', '11'.repeat(32), SM2)
  const keys = [one, two].map(s => noteVerifier(s.vkey, CRYPTO.checks))

  it('is opened with keys of both suites', async () => {
    const note = await signNote('first\n\nthird, after an empty line 源流\n', [one, two])
    const opened = await openNote(note, keys)
    expect(opened.text).toBe('first\n\nthird, after an empty line 源流\n')
    expect(opened.verified.map(s => s.name)).toEqual(['one.example/log', 'two.example/log'])
  })

  it('is refused with any one bit changed', async () => {
    const note = await signNote('one.example/log\n7\nroot\n', [one])
    for (let bit = 0; bit < note.length * 8; bit++)
      await expect(openNote(flip(note, bit), keys), `bit ${bit}`).rejects.toThrow(Refusal)
  })

  it('is refused whole when one known key’s line is wrong, though another’s is right', async () => {
    const good = textOf(await signNote('text\n', [one, two]))
    const other = textOf(await signNote('other text\n', [two]))
    const line = (note: string, name: string) => note.split('\n').find(l => l.includes(name))!
    const forged = good.replace(line(good, 'two.example'), line(other, 'two.example'))
    await expect(openNote(utf8(forged), keys)).rejects.toMatchObject({ kind: 'signature-wrong' })
    expect((await openNote(utf8(forged), keys.slice(0, 1))).verified.length).toBe(1)
  })

  it('is refused where two known keys cannot be told apart', async () => {
    const note = await signNote('text\n', [one])
    await expect(openNote(note, [keys[0]!, keys[0]!])).rejects.toMatchObject({ kind: 'key-ambiguous' })
  })

  it('takes 16 lines and post-quantum sizes, not 101 lines or a megabyte', async () => {
    const line = (i: number, size: number) => `— x${i}.example ${base64(new Uint8Array(size + 4).fill(i))}\n`
    const signed = textOf(await signNote('text\n', [one]))
    const lines = (count: number, size: number) => Array.from({ length: count }, (_, i) => line(i, size)).join('')
    expect((await openNote(utf8(signed + lines(32, 5000)), keys)).ignored.length).toBe(32)
    await expect(openNote(utf8(signed + lines(100, 64)), keys)).rejects.toMatchObject({ kind: 'too-large' })
    await expect(openNote(utf8(signed + lines(90, 10_000)), keys)).rejects.toMatchObject({ kind: 'too-large' })
  })

  it('is not made of a text that could not be read back', async () => {
    for (const text of ['no newline', 'tab\there\n', '', 'lone \ud800\n'])
      await expect(signNote(text, [one]), text).rejects.toThrow(Refusal)
  })

  it('key names have no white space and no plus', () => {
    expect(['a', 'example.com/log', '源流'].every(isKeyName)).toBe(true)
    expect(['', 'a b', 'a+b', 'a\u00a0b', 'a\u3000b', 'a\u0085b', 'a\nb', 'a\ud800'].some(isKeyName)).toBe(false)
    expect(() => verifierKey('a b', ED25519, new Uint8Array(32))).toThrow(Refusal)
  })
})

describe.skipIf(!VECTORS_THERE)('published checkpoints (skipped where ../shared/vectors is absent)', () => {
  const known = logVectors('note/checkpoints.json', {
    verifiable: [] as {
      desc: string
      checkpoint: string
      vkey?: string
      origin: string
      size: string
      root?: string
    }[],
    parse_only: [] as { checkpoint: string; origin: string; size: string; key_ids: string[] }[],
    body_reject: [] as { desc: string; body: string }[],
  })

  it.each(known.verifiable)('$desc', async ({ checkpoint, vkey, origin, size, root }) => {
    const { text } = vkey
      ? await openNote(utf8(checkpoint), verifiers([vkey]))
      : { text: textOf(parseNote(utf8(checkpoint)).text) }
    const read = parseCheckpoint(text)
    expect(read).toMatchObject({ origin, size: BigInt(size) })
    if (root !== undefined) expect(base64(read.root)).toBe(root)
  })

  it('illustrations are read', () => {
    for (const { checkpoint, origin, size, key_ids } of known.parse_only) {
      const note = parseNote(utf8(checkpoint))
      expect(note.signatures.map(s => s.keyId)).toEqual(key_ids)
      expect(parseCheckpoint(textOf(note.text))).toMatchObject({ origin, size: BigInt(size) })
    }
  })

  it.each(known.body_reject)('refuses $desc', ({ body }) => {
    expect(() => parseCheckpoint(body)).toThrow(Refusal)
  })
})

describe('base64', () => {
  it('is what the platform writes, and only one text stands for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
        const text = base64(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64'))
        expect(fromBase64(text)).toEqual(bytes)
      }),
    )
    for (const text of ['A', 'AA', 'AAA', 'AB==', 'AAB=', 'A===', '====', 'AA==AA==', 'AA=A', 'A A=', '-_==', 'AAA\n'])
      expect(() => fromBase64(text), text).toThrow(Refusal)
  })

  it('any text is read or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgw/+=-\n源'), maxLength: 12 }), text => {
        try {
          expect(base64(fromBase64(text))).toBe(text)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
    )
    expect(concat()).toEqual(new Uint8Array(0))
  })
})
