import type { ProofBundle } from '../api/log.ts'
import { base64, utf8 } from './bytes.ts'
import { signCheckpoint } from './checkpoint.ts'
import { formatVerifierKey, type VerifierKey } from './key.ts'
import { commitmentOf, encodeEntry, type Opening } from './leaf.ts'
import type { NoteSigner } from './note.ts'
import { proveInclusion } from './prove.ts'
import { CRYPTO } from './signing.fixture.ts'
import { suite, suiteOf } from './suite.ts'
import { nodesOf, rootNaively } from './tree.fixture.ts'

/** What opens the entry of a made-up event. */
export function openingOf(i: number): Opening {
  return {
    kind: 'event',
    salt: new Uint8Array(16).fill(i),
    bytes: utf8(JSON.stringify({ type: 'ObjectEvent', i })),
    mediaType: 'application/json',
    context: utf8('"https://ref.gs1.org/standards/epcis/epcis-context.jsonld"'),
    receivedAt: 1_800_000_000_000_000n + BigInt(i),
    reporter: 'org-1',
  }
}

/** A bundle over a log of `size` made-up events, signed as a platform does, with these entries of it. */
export async function madeBundle(
  signer: NoteSigner & { vkey: VerifierKey },
  {
    size,
    indexes,
    open = false,
    cosigners = [],
  }: { size: number; indexes: number[]; open?: boolean; cosigners?: NoteSigner[] },
): Promise<ProofBundle> {
  const { id, tree, hashName } = suite(suiteOf(signer.vkey), CRYPTO)
  const entries = Array.from({ length: size }, (_, i) => {
    const commitments = { [hashName]: commitmentOf(CRYPTO.hashes[hashName], openingOf(i)) }
    return encodeEntry({ kind: 'event', position: BigInt(i + 1), commitments })
  })
  const leaves = entries.map(entry => tree.leaf(entry))
  const checkpoint = { origin: signer.name, size: BigInt(size), root: rootNaively(tree, leaves), extensions: [] }
  const note = await signCheckpoint(checkpoint, [signer, ...cosigners])
  const records = await Promise.all(
    indexes.map(async (index, step) => {
      const path = await proveInclusion(tree, BigInt(index), BigInt(size), nodesOf(tree, leaves))
      const o = openingOf(index)
      const opening = {
        event: `urn:uuid:${index}`,
        part: 0,
        salt: base64(o.salt),
        bytes: base64(o.bytes),
        mediaType: o.mediaType,
        context: new TextDecoder().decode(o.context),
        receivedAt: String(o.receivedAt),
        reporter: o.reporter,
      }
      return {
        step,
        about: { time: '2026-10-01T00:00:00Z', step: 'shipping', reporter: 'org-1', recorded: '2026-10-01T00:00:01Z' },
        index,
        entry: base64(entries[index] as Uint8Array),
        path: path.map(base64),
        ...(open && { opening }),
      }
    }),
  )
  return {
    format: 'yuanliu-proof-bundle/1',
    code: 'https://id.gs1.org/01/09521321000100/10/L1',
    page: 'https://city.example/01/09521321000100/10/L1',
    suite: id,
    policy: `log ${formatVerifierKey(signer.vkey)} https://city.example/log\nquorum none\n`,
    checkpoint: new TextDecoder().decode(note),
    shownSince: '2026-10-01T00:00:02.000Z',
    records,
    unlogged: [],
  }
}
