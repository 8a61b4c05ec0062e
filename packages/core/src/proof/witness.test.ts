import { describe, expect, it } from 'vitest'
import { textOf, utf8 } from './bytes.ts'
import { signCheckpoint } from './checkpoint.ts'
import { ED25519_COSIGNATURE, parseVerifierKey } from './key.ts'
import { formatNote, parseNote } from './note.ts'
import { proveConsistency } from './prove.ts'
import { noteVerifier } from './signature.ts'
import { CRYPTO, ed25519Signer } from './signing.fixture.ts'
import { leavesOf, nodesOf, rootNaively, SHA256_TREE } from './tree.fixture.ts'
import { logVectors, VECTORS_THERE } from './vectors.fixture.ts'
import {
  cosignatureLines,
  decideCheckpoint,
  formatAddCheckpoint,
  isAccepted,
  isRefused,
  readAddCheckpoint,
  type WatchedLog,
  type WitnessState,
} from './witness.ts'

/** A witness as a server would keep it: one state a log. */
function witness(logs: WatchedLog[]) {
  const states = new Map<string, WitnessState>()
  return {
    states,
    async add(body: Uint8Array): Promise<{ status: number; contentType?: string; body?: string }> {
      const request = await readAddCheckpoint(body, origin => logs.find(log => log.origin === origin))
      if (isRefused(request)) return request
      const decision = decideCheckpoint(request, states.get(request.log.origin) ?? null)
      if (!isAccepted(decision)) return decision
      states.set(request.log.origin, decision)
      return { status: 200 }
    },
  }
}

const KNOWN = logVectors('witness/add-checkpoint.json', {
  log_vkey: '',
  steps: [] as { desc: string; body: string; status_spec: number; content_type?: string; response_body?: string }[],
})

describe.skipIf(!VECTORS_THERE)('published exchanges (litewitness) (skipped where ../shared/vectors is absent)', () => {
  it('in order have the statuses of the specification', async () => {
    const key = parseVerifierKey(KNOWN.log_vkey)
    const log = { origin: key.name, keys: [noteVerifier(key, CRYPTO.checks)], tree: SHA256_TREE }
    const { add } = witness([log])
    expect(KNOWN.steps.length).toBe(9)
    for (const { desc, body, status_spec, content_type, response_body } of KNOWN.steps) {
      const answer = await add(utf8(body))
      // A signature altered into base64 that is not canonical is no note at all: the vectors allow 400.
      expect(answer.status, desc).toBe(desc.includes('non-canonical base64') ? 400 : status_spec)
      if (content_type) expect(answer).toMatchObject({ contentType: content_type, body: response_body })
    }
  })
})

describe('a witness', async () => {
  const ORIGIN = 'city.example/log'
  const signer = ed25519Signer(ORIGIN, new Uint8Array(32).fill(5))
  const stranger = ed25519Signer('stranger.example', new Uint8Array(32).fill(6))
  const log = { origin: ORIGIN, keys: [noteVerifier(signer.vkey, CRYPTO.checks)], tree: SHA256_TREE }
  const leaves = leavesOf(SHA256_TREE, 20)
  const rootAt = (size: number) => rootNaively(SHA256_TREE, leaves.slice(0, size))
  const noteAt = (size: number, root = rootAt(size), signers = [signer]) =>
    signCheckpoint({ origin: ORIGIN, size: BigInt(size), root, extensions: [] }, signers)
  const proofOf = async (from: number, to: number) =>
    from === 0 || from > to ? [] : proveConsistency(SHA256_TREE, BigInt(from), BigInt(to), nodesOf(SHA256_TREE, leaves))
  const bodyOf = async (from: number, to: number, note?: Uint8Array) =>
    formatAddCheckpoint(BigInt(from), await proofOf(from, to), note ?? (await noteAt(to)))

  it('follows a log that grows, and refreshes a checkpoint', async () => {
    const { add, states } = witness([log])
    for (const [from, to] of [
      [0, 0],
      [0, 3],
      [3, 3],
      [3, 8],
      [8, 20],
    ] as const)
      expect((await add(await bodyOf(from, to))).status, `${from} to ${to}`).toBe(200)
    expect(states.get(ORIGIN)).toEqual({ size: 20n, root: rootAt(20), note: await noteAt(20) })
  })

  it('tells a log its size, and refuses a fork', async () => {
    const { add } = witness([log])
    await add(await bodyOf(0, 8))
    expect(await add(await bodyOf(3, 20))).toMatchObject({ status: 409, body: '8\n', contentType: 'text/x.tlog.size' })
    expect((await add(await bodyOf(9, 8))).status).toBe(400)
    const fork = await noteAt(8, rootAt(7))
    expect(await add(await bodyOf(8, 8, fork))).toMatchObject({ status: 422, body: expect.stringContaining('forked') })
    expect((await add(await bodyOf(8, 20, await noteAt(20, rootAt(19))))).status).toBe(422)
    expect((await add(await bodyOf(8, 20))).status).toBe(200)
  })

  it('knows a fork by what the log itself has signed, and not by a proof that anybody can garble', async () => {
    const { add } = witness([log])
    const others = leaves.map((leaf, i) => (i === 2 ? (leaves[3] as Uint8Array) : leaf))
    const otherNote = (size: number) => noteAt(size, rootNaively(SHA256_TREE, others.slice(0, size)))
    const otherBody = async (from: number, to: number) => {
      const proof = await proveConsistency(SHA256_TREE, BigInt(from), BigInt(to), nodesOf(SHA256_TREE, others))
      return formatAddCheckpoint(BigInt(from), proof, await otherNote(to))
    }
    await add(await bodyOf(0, 7))
    // Its own proof leads from another tree of 7 entries to the root that it has signed.
    expect(await add(await otherBody(7, 20))).toMatchObject({ status: 422, fork: 'proved' })
    expect(await add(formatAddCheckpoint(7n, [], await otherNote(7)))).toMatchObject({ status: 422, fork: 'proved' })
    expect(await add(formatAddCheckpoint(3n, [], await otherNote(7)))).toMatchObject({ status: 409, fork: 'proved' })
    // A genuine checkpoint with a proof that a stranger garbled.
    const garbled = (await proofOf(7, 20)).map((hash, i) => (i === 1 ? rootAt(1) : hash))
    for (const proof of [garbled, garbled.slice(1), [], [...(await proofOf(7, 20)), rootAt(1)]])
      expect(await add(formatAddCheckpoint(7n, proof, await noteAt(20)))).toMatchObject({
        status: 422,
        fork: 'suspected',
      })
    const ahead = await add(await bodyOf(3, 20))
    expect([ahead.status, 'fork' in ahead]).toEqual([409, false])
    expect((await add(await bodyOf(7, 8))).status).toBe(200)
    // At a power of two the proof leaves the old root out: it takes the log's tiles to know.
    expect(await add(await otherBody(8, 20))).toMatchObject({ status: 422, fork: 'suspected' })
    expect((await add(await bodyOf(8, 20))).status).toBe(200)
  })

  it('asks in the order of the specification', async () => {
    const { add } = witness([log])
    const unsigned = await noteAt(5, rootAt(5), [stranger])
    expect((await add(await bodyOf(0, 5, unsigned))).status).toBe(403)
    expect((await add(formatAddCheckpoint(0n, [rootAt(1)], await noteAt(5)))).status).toBe(422)
    expect((await add(formatAddCheckpoint(0n, [], await noteAt(0, rootAt(1))))).status).toBe(422)
    const other = await signCheckpoint({ origin: 'other.example', size: 1n, root: rootAt(1), extensions: [] }, [signer])
    expect((await add(formatAddCheckpoint(0n, [], other))).status).toBe(404)
    for (const body of ['', 'old\n', 'old 01\n\n', 'old 0\nnot base64\n\n', 'old 0\n', 'new 0\n\nx\n\n— x AAAAAAA=\n'])
      expect((await add(utf8(body))).status, body).toBe(400)
    expect((await add(new Uint8Array(200_000).fill(0x61))).status).toBe(400)
  })

  it('keeps only lines it has verified: a forged one in its own name would wedge it', async () => {
    const { add, states } = witness([log])
    const me = ed25519Signer('me.example', new Uint8Array(32).fill(7), ED25519_COSIGNATURE, () => 1n)
    const { text, signatures } = parseNote(await noteAt(4))
    const forged = { name: 'me.example', keyId: me.vkey.keyId, signature: new Uint8Array(72).fill(1) }
    const body = formatAddCheckpoint(0n, [], formatNote(textOf(text), [forged, ...signatures]))
    expect((await add(body)).status).toBe(200)
    expect(parseNote(states.get(ORIGIN)!.note).signatures).toEqual(signatures)
    const cosigned = { name: 'me.example', keyId: me.vkey.keyId, signature: await me.sign(text) }
    expect(cosignatureLines([cosigned])).toMatch(/^— me\.example [A-Za-z0-9+/=]+\n$/)
  })
})
