import { describe, expect, it } from 'vitest'
import { fromBase64, utf8 } from './bytes.ts'
import { signCheckpoint } from './checkpoint.ts'
import { compactRange } from './compact-range.ts'
import { ED25519_COSIGNATURE, formatVerifierKey, SM2 } from './key.ts'
import { commitmentOf, encodeEntry, type Opening } from './leaf.ts'
import { isQuorum, parsePolicy } from './policy.ts'
import { formatProofFile, parseProofFile, verifyProofFile } from './proof-file.ts'
import { proveInclusion } from './prove.ts'
import { verifyRecord } from './record.ts'
import { Refusal } from './refusal.ts'
import { CRYPTO, ed25519Signer, sm2Signer } from './signing.fixture.ts'
import { flip, nodesOf, SHA256_TREE, SM3_TREE } from './tree.fixture.ts'
import { logBytes, logVectors, VECTORS_THERE } from './vectors.fixture.ts'

describe.skipIf(!VECTORS_THERE)('published proof files (skipped where ../shared/vectors is absent)', () => {
  const known = logVectors('proof/tlog-proof.json', {
    files: [] as { file: string; entry: string; index: number; size: number; extra_b64?: string }[],
    reject: [] as { desc: string; text: string }[],
  })
  const policy = parsePolicy(
    'log example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\nquorum none\n',
  )

  it.each(known.files)('$file', async ({ file, entry, index, size, extra_b64 }) => {
    const bytes = logBytes(`proof/${file}`)
    const proved = await verifyProofFile(bytes, utf8(entry), policy, CRYPTO)
    expect(proved).toMatchObject({ index: BigInt(index), checkpoint: { size: BigInt(size) } })
    const parsed = parseProofFile(bytes)
    expect(parsed.extra).toEqual(extra_b64 === undefined ? undefined : fromBase64(extra_b64))
    expect(formatProofFile(parsed)).toEqual(bytes)
    await expect(verifyProofFile(bytes, utf8(`${entry}x`), policy, CRYPTO)).rejects.toMatchObject({
      kind: 'proof-wrong',
    })
    await expect(verifyProofFile(bytes, utf8(entry), policy, CRYPTO, 'another')).rejects.toThrow(Refusal)
  })

  it.each(known.reject)('refuses $desc', ({ text }) => {
    expect(() => parseProofFile(utf8(text))).toThrow(Refusal)
  })

  it('no bit of a proof file can change', async () => {
    const bytes = logBytes('proof/entry7-size15.tlog-proof')
    for (let bit = 0; bit < bytes.length * 8; bit++)
      await expect(verifyProofFile(flip(bytes, bit), utf8('eit'), policy, CRYPTO), `bit ${bit}`).rejects.toThrow(
        Refusal,
      )
  })
})

const logs = {
  sha256: ed25519Signer('city.example/log', new Uint8Array(32).fill(1)),
  sm3: sm2Signer('city.example/log/sm', '44'.repeat(32), SM2),
}
const witnesses = [11, 12, 13].map(i =>
  ed25519Signer(`w${i}.example`, new Uint8Array(32).fill(i), ED25519_COSIGNATURE, () => 1_800_000_000n + BigInt(i)),
)
const vkey = (i: number) => formatVerifierKey(witnesses[i]!.vkey)
const POLICY = `# whom we believe
log ${formatVerifierKey(logs.sha256.vkey)} https://city.example/log
log ${formatVerifierKey(logs.sm3.vkey)}

witness a ${vkey(0)}
witness b ${vkey(1)} https://b.example
witness c ${vkey(2)}
group some 2 a b
group all-of-them any some c
quorum all-of-them
`

describe('a policy', () => {
  const ids = (...which: number[]) => which.map(i => witnesses[i]!.vkey)

  it('says who is believed and how many are enough', () => {
    const { quorum, logs, witnesses } = parsePolicy(POLICY)
    expect(logs.map(log => log.url)).toEqual(['https://city.example/log', null])
    expect(witnesses.map(w => w.name)).toEqual(['a', 'b', 'c'])
    for (const [cosigners, enough] of [
      [[], false],
      [[0], false],
      [[0, 1], true],
      [[2], true],
      [[0, 0], false],
    ] as const)
      expect(isQuorum(quorum, ids(...cosigners)), String(cosigners)).toBe(enough)
    expect(isQuorum(parsePolicy('quorum none').quorum, [])).toBe(true)
  })

  it.each([
    ['no quorum', `log ${formatVerifierKey(logs.sha256.vkey)}`],
    ['two quorums', 'quorum none\nquorum none'],
    ['a name that is not defined', 'quorum a'],
    ['a name used before its line', `group g any a\nwitness a ${vkey(0)}\nquorum g`],
    ['a name twice', `witness a ${vkey(0)}\nwitness a ${vkey(1)}\nquorum a`],
    ['the name none', `witness none ${vkey(0)}\nquorum none`],
    ['a key twice', `witness a ${vkey(0)}\nwitness b ${vkey(0)}\nquorum a`],
    ['a member in two groups', `witness a ${vkey(0)}\ngroup g any a\ngroup h any a\nquorum h`],
    ['a member twice', `witness a ${vkey(0)}\ngroup g 2 a a\nquorum g`],
    ['more than there are', `witness a ${vkey(0)}\ngroup g 2 a\nquorum g`],
    ['none of them', `witness a ${vkey(0)}\ngroup g 0 a\nquorum g`],
    ['an empty group', 'group g all\nquorum g'],
    ['a log’s key for a witness', `witness a ${formatVerifierKey(logs.sha256.vkey)}\nquorum a`],
    ['another word', 'constructor x\nquorum none'],
    ['too many words', `log ${formatVerifierKey(logs.sha256.vkey)} url more\nquorum none`],
  ])('refuses %s', (_, text) => {
    expect(() => parsePolicy(text)).toThrow(Refusal)
  })
})

describe('a record', async () => {
  const openings = Array.from(
    { length: 9 },
    (_, i): Opening => ({
      kind: 'event',
      salt: new Uint8Array(16).fill(i),
      bytes: utf8(`{"event":${i}}`),
      mediaType: 'application/json',
      context: utf8('null'),
      receivedAt: 1_800_000_000_000_000n + BigInt(i),
      reporter: 'org-1',
    }),
  )
  const entries = openings.map((opening, i) =>
    encodeEntry({
      kind: 'event',
      position: BigInt(i + 1),
      commitments: {
        sha256: commitmentOf(CRYPTO.hashes.sha256, opening),
        sm3: commitmentOf(CRYPTO.hashes.sm3, opening),
      },
    }),
  )
  const policy = parsePolicy(POLICY)

  async function proofOf(name: 'sha256' | 'sm3', index: number, cosigners = witnesses) {
    const tree = name === 'sha256' ? SHA256_TREE : SM3_TREE
    const leaves = entries.map(tree.leaf)
    const range = compactRange(tree)
    for (const leaf of leaves) range.append(leaf)
    const checkpoint = { origin: logs[name].vkey.name, size: range.size, root: range.root(), extensions: [] }
    const path = await proveInclusion(tree, BigInt(index), range.size, nodesOf(tree, leaves))
    const note = await signCheckpoint(checkpoint, [logs[name], ...cosigners])
    return formatProofFile({ index: BigInt(index), path, checkpoint: note })
  }

  it.each(['sha256', 'sm3'] as const)('is proved in the tree of %s over the same entry', async name => {
    const proof = await proofOf(name, 4)
    const record = { entry: entries[4]!, proof, opening: openings[4]! }
    const checked = await verifyRecord(record, policy, CRYPTO)
    expect(checked).toMatchObject({ index: 4n, opened: ['sha256', 'sm3'], entry: { position: 5n } })
    expect(checked.cosigners.map(c => c.time)).toEqual([1_800_000_011n, 1_800_000_012n, 1_800_000_013n])
    expect(proof.length).toBeLessThan(1200)
    const { opening: _, ...closed } = record
    expect((await verifyRecord(closed, policy, CRYPTO)).opened).toEqual([])
    const another = { ...record, opening: openings[5]! }
    await expect(verifyRecord(another, policy, CRYPTO)).rejects.toMatchObject({ kind: 'commitment-wrong' })
    const moved = { ...record, entry: entries[5]!, opening: openings[5]! }
    await expect(verifyRecord(moved, policy, CRYPTO)).rejects.toMatchObject({ kind: 'proof-wrong' })
  })

  it('is refused with too few witnesses, an unknown log or without the algorithm', async () => {
    const record = async (cosigners: typeof witnesses) => ({
      entry: entries[0]!,
      proof: await proofOf('sha256', 0, cosigners),
      opening: openings[0]!,
    })
    expect((await verifyRecord(await record(witnesses.slice(0, 2)), policy, CRYPTO)).cosigners.length).toBe(2)
    const few = verifyRecord(await record(witnesses.slice(0, 1)), policy, CRYPTO)
    await expect(few).rejects.toMatchObject({ kind: 'quorum-missing' })
    const strangers = verifyRecord(await record([]), parsePolicy('quorum none'), CRYPTO)
    await expect(strangers).rejects.toMatchObject({ kind: 'origin-other' })
    const without = verifyRecord(await record(witnesses), policy, { ...CRYPTO, checks: {} })
    await expect(without).rejects.toMatchObject({ kind: 'algorithm-unavailable' })
  })
})
