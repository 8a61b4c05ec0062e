import { createHash } from 'node:crypto'
import {
  type LogOf,
  type LogSource,
  parseVerifierKey,
  portableCrypto,
  type SuiteId,
  suite,
  suiteOf,
  type TreeHash,
  tilePath,
  type VerifierKey,
} from '@yuanliu/core'
import { sm2 } from 'sm-crypto-v2'
import { type Heads, openHeads } from './log-hammer-heads.ts'
import { Deviation, type Tally } from './log-hammer-tally.ts'

/** A platform as an outsider reaches it: over HTTP alone, and verified with core alone. */

export interface Target {
  url: string
  /** access key that may capture and read */
  key: string
  /** instead of the runtime's own, for what stands between */
  fetch?: (url: string, init?: RequestInit) => Promise<Response>
}

/** A log of the platform, with its key as it was believed at the beginning. */
export interface HammeredLog {
  suite: SuiteId
  key: VerifierKey
  tree: TreeHash
  source: LogSource
  heads: Heads
}

const portable = portableCrypto({ sm2 })

/** Core's cryptography; only SHA-256 is Node's, so that the outsiders do not take the machine from the platform. */
export const crypto = {
  ...portable,
  hashes: { ...portable.hashes, sha256: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest() },
}

const PREFIX: Record<SuiteId, string> = { 'sha256-ed25519': '/log', 'sm3-sm2': '/log/sm' }
const BEGIN_MS = 10_000

/** A request with the access key, or as the public where `key` is null. Throws with the cause where there is no answer. */
export function ask(target: Target, path: string, init: RequestInit & { key?: null } = {}): Promise<Response> {
  const { key = target.key, ...rest } = init
  const headers = new Headers(rest.headers)
  if (key !== null) headers.set('authorization', `Bearer ${key}`)
  return (target.fetch ?? fetch)(target.url + path, { redirect: 'error', ...rest, headers }).catch(error => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : error
    throw new Deviation(`${rest.method ?? 'GET'} ${target.url}${path}: no answer (${cause})`)
  })
}

/** What the platform answers, as words for a deviation. */
export async function wordsOf(answer: Response): Promise<string> {
  return `${answer.status} ${(await answer.text()).slice(0, 300)}`
}

/**
 * The logs that are to be hammered. A platform that has just started may not show all of them yet.
 * @param believed verifier keys; empty: the keys that are shown now are believed from now on
 */
export async function openLogs(
  target: Target,
  suites: readonly SuiteId[],
  believed: readonly string[],
  tally: Tally,
): Promise<HammeredLog[]> {
  const given = believed.map(key => parseVerifierKey(key))
  for (const deadline = performance.now() + BEGIN_MS; ; ) {
    const answer = await ask(target, '/api/log', { key: null })
    if (answer.status !== 200) throw new Deviation(`${target.url}/api/log: ${await wordsOf(answer)}`)
    const { logs } = (await answer.json()) as { logs: LogOf[] }
    const keys = suites.map(id => {
      const shown = logs.find(log => log.suite === id)
      return shown && parseVerifierKey(shown.key)
    })
    if (keys.every(key => key !== undefined)) return keys.map(key => openLog(target, trusted(key, given), tally))
    if (performance.now() > deadline) throw new Error(`${target.url} has no log of ${suites.join(' and ')}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** The key that was given for a suite, where any was: the platform's own word then counts for nothing. */
function trusted(shown: VerifierKey, given: readonly VerifierKey[]): VerifierKey {
  if (given.length === 0) return shown
  const key = given.find(k => suiteOf(k) === suiteOf(shown))
  if (!key) throw new Error(`--log-key: none for ${suiteOf(shown)}`)
  return key
}

function openLog(target: Target, key: VerifierKey, tally: Tally): HammeredLog {
  const id = suiteOf(key)
  const get = async (path: string) => {
    const answer = await ask(target, PREFIX[id] + path, { key: null })
    if (answer.status !== 200 && answer.status !== 404)
      throw new Deviation(`${PREFIX[id]}${path}: ${await wordsOf(answer)}`)
    return { there: answer.status === 200, bytes: new Uint8Array(await answer.arrayBuffer()) }
  }
  const source: LogSource = {
    async checkpoint() {
      const { there, bytes } = await get('/checkpoint')
      if (!there) throw new Deviation(`${PREFIX[id]}/checkpoint is gone`)
      return bytes
    },
    async fetch(tile) {
      const { there, bytes } = await get(`/${tilePath(tile)}`)
      return there ? bytes : null
    },
  }
  return { suite: id, key, tree: suite(id, crypto).tree, source, heads: openHeads(key, source, crypto, tally) }
}
