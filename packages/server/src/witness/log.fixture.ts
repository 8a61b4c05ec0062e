import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  formatAddCheckpoint,
  formatVerifierKey,
  parseTilePath,
  proveConsistency,
  SM2,
  signCheckpoint,
} from '@yuanliu/core'
import { ed25519Signer, sm2Signer } from '../../../core/src/proof/signing.fixture.ts'
import { leavesOf, nodesOf, rootNaively, SHA256_TREE, SM3_TREE } from '../../../core/src/proof/tree.fixture.ts'

/**
 * A log of up to 200 entries whose operator may be dishonest: it also signs a second tree, which differs from the entry
 * `forkAt` on.
 */
export function dishonestLog(origin: string, suite: 'sha256-ed25519' | 'sm3-sm2' = 'sha256-ed25519', forkAt = 2) {
  const sm = suite === 'sm3-sm2'
  const tree = sm ? SM3_TREE : SHA256_TREE
  const signer = sm ? sm2Signer(origin, '44'.repeat(32), SM2) : ed25519Signer(origin, new Uint8Array(32).fill(9))
  const leaves = leavesOf(tree, 200)
  const forked = leaves.map((leaf, i) => (i < forkAt ? leaf : tree.node(leaf, leaf)))
  const of = (fork: boolean) => (fork ? forked : leaves)
  const noteAt = (size: number, fork = false) =>
    signCheckpoint({ origin, size: BigInt(size), root: rootNaively(tree, of(fork).slice(0, size)), extensions: [] }, [
      signer,
    ])
  const proofOf = async (from: number, to: number, fork = false) =>
    from === 0 || from >= to ? [] : proveConsistency(tree, BigInt(from), BigInt(to), nodesOf(tree, of(fork)))
  return {
    origin,
    line: `log ${formatVerifierKey(signer.vkey)}`,
    noteAt,
    proofOf,
    /** a request to cosign how it grew */
    async body(from: number, to: number, fork = false): Promise<Uint8Array> {
      return formatAddCheckpoint(BigInt(from), await proofOf(from, to, fork), await noteAt(to, fork))
    },
    /** serves the tiles of one of its trees; `asked` counts the requests */
    async serve(fork: boolean) {
      const served = { url: '', asked: 0, close: () => new Promise<unknown>(done => server.close(done)) }
      const server = createServer((request, response) => {
        served.asked++
        const { width } = parseTilePath((request.url ?? '').slice(1))
        response.end(Buffer.concat(of(fork).slice(0, width)))
      })
      await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
      served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      return served
    },
  }
}
