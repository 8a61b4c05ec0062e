import { describe, expect, it } from 'vitest'
import type { ProofBundle } from '../api/log.ts'
import { madeBundle } from './bundle.fixture.ts'
import { checkContinuity } from './continuity.ts'
import { ED25519_COSIGNATURE, formatVerifierKey, SM2 } from './key.ts'
import { parsePolicy } from './policy.ts'
import { verifyProofBundle } from './proof-bundle.ts'
import { Refusal } from './refusal.ts'
import { CRYPTO, ed25519Signer, sm2Signer } from './signing.fixture.ts'
import { portableCrypto } from './suite.ts'
import { tilePath } from './tile.ts'
import { growTiles } from './tile-edge.ts'
import { leavesOf, SHA256_TREE } from './tree.fixture.ts'

const signers = {
  'sha256-ed25519': ed25519Signer('city.example/log', new Uint8Array(32).fill(1)),
  'sm3-sm2': sm2Signer('city.example/log/sm', '44'.repeat(32), SM2),
}
const policyIn = (bundle: ProofBundle) => parsePolicy(bundle.policy)
const verify = (bundle: ProofBundle, crypto = CRYPTO) => verifyProofBundle(bundle, policyIn(bundle), crypto)

describe('a proof bundle', () => {
  it.each(Object.entries(signers))('%s: is believed, with and without openings', async (id, signer) => {
    const indexes = [0, 12, 6]
    const found = await verify(await madeBundle(signer, { size: 13, indexes }))
    expect(found.suite.id).toBe(id)
    expect(found.checkpoint).toMatchObject({ origin: signer.name, size: 13n })
    expect(found.records).toEqual(
      indexes.map((index, step) => ({ step, index, position: BigInt(index + 1), opened: [], refusal: null })),
    )
    const opened = await verify(await madeBundle(signer, { size: 13, indexes, open: true }))
    expect(opened.records.map(r => [r.opened.length, r.refusal])).toEqual(indexes.map(() => [1, null]))
  })

  it('says which witnesses of the policy have cosigned, and asks for as many as it names', async () => {
    const signer = signers['sha256-ed25519']
    const [first, second] = [11, 12].map(i =>
      ed25519Signer(`w${i}.example`, new Uint8Array(32).fill(i), ED25519_COSIGNATURE, () => 1_800_000_000n),
    )
    const bundle = await madeBundle(signer, { size: 5, indexes: [3], cosigners: [first!] })
    expect((await verify(bundle)).cosigners).toEqual([])
    const witness = (n: string, w: typeof first) => `witness ${n} ${formatVerifierKey(w!.vkey)}\n`
    const log = `log ${formatVerifierKey(signer.vkey)}\n`
    const policy = parsePolicy(`${log}${witness('a', first)}quorum a\n`)
    expect((await verifyProofBundle(bundle, policy, CRYPTO)).cosigners).toEqual([
      { name: 'w11.example', keyId: first!.keyId, time: 1_800_000_000n },
    ])
    const both = parsePolicy(`${log}${witness('a', first)}${witness('b', second)}group both all a b\nquorum both\n`)
    await expect(verifyProofBundle(bundle, both, CRYPTO)).rejects.toMatchObject({ kind: 'quorum-missing' })
  })

  it('whose records are altered is refused record by record, with the place', async () => {
    const signer = signers['sha256-ed25519']
    const whole = await madeBundle(signer, { size: 13, indexes: [2, 7], open: true })
    const other = whole.records[0]!
    type Alter = (r: ProofBundle['records'][number]) => object
    const cases: [string, Alter, string][] = [
      ['index', r => ({ ...r, index: 8 }), 'proof-wrong'],
      ['index as text', r => ({ ...r, index: '7' }), 'bundle-json'],
      ['entry', r => ({ ...r, entry: other.entry }), 'proof-wrong'],
      ['entry that is none', r => ({ ...r, entry: 'AAAA' }), 'entry-version'],
      ['path', r => ({ ...r, path: other.path }), 'proof-wrong'],
      ['path, short', r => ({ ...r, path: r.path.slice(1) }), 'proof-wrong'],
      ['path, spelt otherwise', r => ({ ...r, path: [`${r.path[0]}=`, ...r.path.slice(1)] }), 'not-base64'],
      ['path that is none', r => ({ ...r, path: 'x' }), 'bundle-json'],
      ['bytes', r => ({ ...r, opening: { ...r.opening, bytes: other.opening!.bytes } }), 'commitment-wrong'],
      ['salt', r => ({ ...r, opening: { ...r.opening, salt: other.opening!.salt } }), 'commitment-wrong'],
      ['time', r => ({ ...r, opening: { ...r.opening, receivedAt: '1' } }), 'commitment-wrong'],
      ['context', r => ({ ...r, opening: { ...r.opening, context: null } }), 'commitment-wrong'],
      ['reporter', r => ({ ...r, opening: { ...r.opening, reporter: 'org-2' } }), 'commitment-wrong'],
      ['media type', r => ({ ...r, opening: { ...r.opening, mediaType: 'application/xml' } }), 'commitment-wrong'],
      ['all', () => [] as object, 'bundle-json'],
    ]
    for (const [what, alter, kind] of cases) {
      const records = [other, alter(whole.records[1]!)]
      const [good, bad] = (await verify({ ...whole, records } as ProofBundle)).records
      expect(good?.refusal, what).toBeNull()
      expect(bad?.refusal, what).toMatchObject({ kind })
      expect(bad?.opened, what).toEqual([])
    }
  })

  it('whose checkpoint, key or form is altered is refused as a whole', async () => {
    const bundle = await madeBundle(signers['sha256-ed25519'], { size: 13, indexes: [2] })
    const stranger = ed25519Signer('city.example/log', new Uint8Array(32).fill(2))
    const cases: [object, string][] = [
      [{ checkpoint: bundle.checkpoint.replace('\n13\n', '\n14\n') }, 'signature-wrong'],
      [{ checkpoint: bundle.checkpoint.replace('city.', 'town.') }, 'origin-other'],
      [{ policy: `log ${formatVerifierKey(stranger.vkey)}\nquorum none\n` }, 'signature-missing'],
      [{ suite: 'sm3-sm2' }, 'bundle-json'],
      [{ format: 'yuanliu-proof-bundle/2' }, 'bundle-json'],
      [{ records: {} }, 'bundle-json'],
      [{ checkpoint: 1 }, 'bundle-json'],
    ]
    for (const [change, kind] of cases)
      await expect(verify({ ...bundle, ...change } as ProofBundle), JSON.stringify(change)).rejects.toMatchObject({
        kind,
      })
    for (const value of [null, [], 'x'])
      await expect(verifyProofBundle(value, policyIn(bundle), CRYPTO)).rejects.toThrow(Refusal)
  })

  it('under SM2 asks for the algorithm where the environment has none', async () => {
    const bundle = await madeBundle(signers['sm3-sm2'], { size: 3, indexes: [1] })
    await expect(verify(bundle, portableCrypto())).rejects.toMatchObject({ kind: 'algorithm-unavailable' })
  })
})

describe('a log seen before', () => {
  const grow = (leaves: Uint8Array[]) => {
    const log = growTiles(SHA256_TREE)
    for (const leaf of leaves) log.append(leaf)
    const files = new Map(log.changed().map(tile => [tilePath(tile), tile.bytes]))
    return {
      head: { size: log.size, root: log.root() },
      fetch: async (tile: Parameters<typeof tilePath>[0]) => files.get(tilePath(tile)) ?? null,
    }
  }
  const leaves = leavesOf(SHA256_TREE, 700)
  const [empty, early, now] = [0, 300, 700].map(n => grow(leaves.slice(0, n)))
  const forked = grow([...leaves.slice(0, 299), leaves[0] as Uint8Array, ...leaves.slice(300)])

  it('has grown, is the same, or is shown as it was', async () => {
    const go = (before: typeof now, shown: typeof now) =>
      checkContinuity(SHA256_TREE, before!.head, shown!.head, now!.fetch)
    expect(await go(early, now)).toBe('grown')
    expect(await go(empty, now)).toBe('grown')
    expect(await go(now, now)).toBe('same')
    expect(await go(now, early)).toBe('older')
  })

  it('that was rewritten is told, however long it is', async () => {
    const fork = { kind: 'log-forked' }
    await expect(checkContinuity(SHA256_TREE, early!.head, forked.head, forked.fetch)).rejects.toMatchObject(fork)
    await expect(checkContinuity(SHA256_TREE, now!.head, forked.head, forked.fetch)).rejects.toMatchObject(fork)
    const short = grow([...leaves.slice(0, 299), leaves[0] as Uint8Array])
    await expect(checkContinuity(SHA256_TREE, now!.head, short.head, now!.fetch)).rejects.toMatchObject(fork)
  })

  it('whose tiles are withheld or altered proves nothing', async () => {
    const go = (fetch: typeof forked.fetch) => checkContinuity(SHA256_TREE, early!.head, now!.head, fetch)
    await expect(go(async () => null)).rejects.toMatchObject({ kind: 'tile-missing' })
    await expect(go(forked.fetch)).rejects.toMatchObject({ kind: 'tile-wrong' })
  })
})
