import { type AddressInfo, createServer } from 'node:net'
import type { Platform } from '../../../../../test/support/platform.ts'

/** Leaf hashes of a log of fewer than 256 entries, as it serves them. */
export async function leafHashes(platform: Platform, size: number): Promise<Uint8Array[]> {
  const answer = await platform.call(`/log/tile/0/000.p/${size}`, { key: null })
  const tile = new Uint8Array(await answer.arrayBuffer())
  return Array.from({ length: size }, (_, i) => tile.slice(i * 32, i * 32 + 32))
}

/** Ports that are free now: two platforms name each other's address before either has one. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  await Promise.all(servers.map(s => new Promise<void>(done => s.listen(0, '127.0.0.1', done))))
  const ports = servers.map(s => (s.address() as AddressInfo).port)
  await Promise.all(servers.map(s => new Promise(done => s.close(done))))
  return ports
}
