import {
  formatVerifierKey,
  type LogOf,
  type LogSource,
  noteVerifier,
  openCheckpoint,
  type ProofCrypto,
  parseVerifierKey,
  Refusal,
  type SuiteId,
  suiteOf,
  tilePath,
  Unreachable,
  type VerifierKey,
} from '@yuanliu/core'
import { Failure } from './failure.ts'
import { print, type Shell, say } from './shell.ts'

/** A log as a platform lists it; nothing of it is believed yet. */
export interface ListedLog {
  suite: SuiteId
  /** the key that the platform shows */
  shown: VerifierKey
  source: LogSource
  /** The newest checkpoint with enough cosignatures, else the newest; null where there is none. */
  cosigned(): Promise<Uint8Array | null>
}

/** A log of a platform, read over HTTP. */
export interface RemoteLog extends ListedLog {
  /** the key that is believed */
  key: VerifierKey
}

/** A platform whose logs are read over HTTP. */
export interface RemotePlatform {
  /** address without a slash at its end */
  base: string
  /** The logs that it lists. */
  logs(): Promise<ListedLog[]>
  /** What it answers to a path. @throws Unreachable also where it answers that it cannot answer now */
  get(path: string): Promise<{ status: number; body: Uint8Array }>
}

/** Whoever does not answer for so long is as good as gone. */
const ANSWER_MS = 60_000

/** Prefix under which a platform serves the checkpoint and the tiles of a suite. */
export const prefixOf = (suite: SuiteId) => (suite === 'sm3-sm2' ? '/log/sm' : '/log')

/** @param until ends what is asked at that moment @throws Failure where the address is none */
export function remotePlatform(shell: Shell, url: string, until?: AbortSignal): RemotePlatform {
  const base = url.replace(/\/+$/, '')
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) throw new Failure('wrongUrl', { url })
  const fetcher = shell.fetch ?? fetch

  async function get(path: string): Promise<{ status: number; body: Uint8Array }> {
    const late = AbortSignal.timeout(ANSWER_MS)
    const signal = until ? AbortSignal.any([until, late]) : late
    try {
      const answer = await fetcher(`${base}${path}`, { redirect: 'error', signal })
      const body = new Uint8Array(await answer.arrayBuffer())
      // A platform that starts or stops, or a proxy before it: this says nothing of the log.
      if (answer.status >= 500 || answer.status === 429) throw new Error(`HTTP ${answer.status}`)
      return { status: answer.status, body }
    } catch (error) {
      throw new Unreachable(base, { cause: error })
    }
  }

  function listed({ suite, key }: LogOf): ListedLog {
    // The address that is asked, not the one that the answer names: a monitor may go through another door.
    const prefix = prefixOf(suite)
    return {
      suite,
      shown: parseVerifierKey(key),
      async cosigned() {
        for (const path of [`${prefix}/checkpoint/cosigned`, `${prefix}/checkpoint`]) {
          const { status, body } = await get(path)
          if (status === 200) return body
        }
        return null
      },
      source: {
        checkpoint: async () => (await get(`${prefix}/checkpoint`)).body,
        async fetch(tile) {
          const { status, body } = await get(`${prefix}/${tilePath(tile)}`)
          return status === 200 ? body : null
        },
      },
    }
  }

  return {
    base,
    get,
    async logs() {
      const { status, body } = await get('/api/log')
      if (status !== 200) return []
      return logsIn(body, base).map(listed)
    },
  }
}

function logsIn(body: Uint8Array, base: string): LogOf[] {
  try {
    return (JSON.parse(new TextDecoder().decode(body)) as { logs?: LogOf[] }).logs ?? []
  } catch (error) {
    throw new Unreachable(base, { cause: error })
  }
}

/** Keys as they are given, each once. */
export function keysGiven(keys: readonly (string | VerifierKey)[]): VerifierKey[] {
  const parsed = keys.map(key => (typeof key === 'string' ? parseVerifierKey(key) : key))
  return [...new Map(parsed.map(key => [formatVerifierKey(key), key])).values()]
}

/** Those of the keys given that are for this log: several while a key changes (docs/ops/log.md). The key shown is first. */
export function keysFor({ shown, suite }: ListedLog, given: readonly VerifierKey[]): VerifierKey[] {
  const its = given.filter(key => key.name === shown.name && suiteOf(key) === suite)
  return [...its.filter(key => isSameKey(key, shown)), ...its.filter(key => !isSameKey(key, shown))]
}

export function isSameKey(a: VerifierKey, b: VerifierKey): boolean {
  return formatVerifierKey(a) === formatVerifierKey(b)
}

/** What a key says of a note that claims to be a checkpoint of its log. */
export async function verdictOf(
  key: VerifierKey,
  note: Uint8Array,
  crypto: ProofCrypto,
): Promise<'signed' | 'not signed' | 'wrong'> {
  try {
    await openCheckpoint(note, { origin: key.name, keys: [noteVerifier(key, crypto.checks)] })
    return 'signed'
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.kind === 'signature-missing' ? 'not signed' : 'wrong'
  }
}

/**
 * The logs of a platform. Keys that are given are believed, of several for one log the one that signs; without any, what the
 * platform shows, which is said.
 * @throws Failure where there is no log; Unreachable
 */
export async function remoteLogs(
  shell: Shell,
  url: string,
  crypto: ProofCrypto,
  keys: readonly (string | VerifierKey)[] = [],
): Promise<RemoteLog[]> {
  const given = keysGiven(keys)
  const found: RemoteLog[] = []
  for (const log of await remotePlatform(shell, url).logs()) {
    const believed = given.length ? keysFor(log, given) : [log.shown]
    const [first, ...others] = believed
    if (!first) continue
    if (!given.length) print(shell.stderr, say(shell, 'logTrusted', { key: formatVerifierKey(first) }))
    found.push({ ...log, key: others.length ? await signing(log, believed, crypto) : first })
  }
  if (!found.length) throw new Failure('logNone', { place: url })
  return found
}

/** The key that signs, unless the signature of one is wrong: that one, so that it is found. */
async function signing(log: ListedLog, keys: readonly VerifierKey[], crypto: ProofCrypto): Promise<VerifierKey> {
  const note = await log.source.checkpoint()
  const verdicts = await Promise.all(keys.map(key => verdictOf(key, note, crypto)))
  const found = keys[verdicts.indexOf('wrong')] ?? keys[verdicts.indexOf('signed')] ?? keys[0]
  return found as VerifierKey
}
