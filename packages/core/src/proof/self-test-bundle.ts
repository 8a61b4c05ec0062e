import { base64 } from './bytes.ts'
import { parsePolicy } from './policy.ts'
import { verifyProofBundle } from './proof-bundle.ts'
import { Refusal, type RefusalKind } from './refusal.ts'
import type { ProofCrypto } from './suite.ts'

/**
 * A bundle whose answer is known, for environments that verify what others bring: not only hash and signature but the
 * verification itself is tried, on the kind of input that follows. Signed with the key of RFC 8032 §7.1, test 1, which
 * everybody has; a name below `.invalid` is nobody's.
 */
export const KNOWN_BUNDLE = {
  format: 'yuanliu-proof-bundle/1',
  suite: 'sha256-ed25519',
  policy: 'log self-test.invalid/log+57d4b79f+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea\nquorum none\n',
  checkpoint: `self-test.invalid/log
10000000
9urFFo3Ah+2eyEw5cv4GWVDyWyCW5eH4662I02bs9OA=

— self-test.invalid/log V9S3n/1mzoNaiz4nwP5BGhwV+GeFcb5gxMzaNpCwCZVhD2KBoJwLvWngDuSd5pu6cr5/vySQsynT7/Lu5tXqU+6s+QQ=
`,
  records: [
    {
      step: 0,
      index: 7_654_321,
      entry: 'AQEBAAAAAAAAdMuy//////////////////////////////////////////8=',
      // Hashes of 32 equal bytes: 00…, 01…, up to 17…
      path: Array.from({ length: 24 }, (_, i) => base64(new Uint8Array(32).fill(i))),
    },
  ],
}

/** The known bundle must be believed, and what was altered in it refused. @throws Refusal `self-test` */
export async function selfTestBundle(crypto: ProofCrypto): Promise<void> {
  const [record] = KNOWN_BUNDLE.records
  const path = [...record!.path.slice(0, 23), record!.path[0]]
  const cases: [string, object, Verdict][] = [
    ['a proof', {}, 'believed'],
    ['an altered hash', { records: [{ ...record, path }] }, 'proof-wrong'],
    ['another place', { records: [{ ...record, index: 7_654_320 }] }, 'proof-wrong'],
    ['another entry', { records: [{ ...record, entry: record!.entry.replace('dMuy', 'dMuz') }] }, 'proof-wrong'],
    ['an altered checkpoint', { checkpoint: KNOWN_BUNDLE.checkpoint.replace('000', '001') }, 'signature-wrong'],
  ]
  for (const [name, altered, expected] of cases)
    if ((await verdictOf({ ...KNOWN_BUNDLE, ...altered }, crypto)) !== expected) throw new Refusal('self-test', name)
}

type Verdict = 'believed' | RefusalKind

async function verdictOf(bundle: typeof KNOWN_BUNDLE, crypto: ProofCrypto): Promise<Verdict> {
  try {
    const { records } = await verifyProofBundle(bundle, parsePolicy(bundle.policy), crypto)
    return records[0]?.refusal?.kind ?? 'believed'
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind === 'algorithm-unavailable') throw error
    return error.kind
  }
}
