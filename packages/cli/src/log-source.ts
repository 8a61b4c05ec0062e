import { type LogOf, type LogSource, parseVerifierKey, tilePath, Unreachable, type VerifierKey } from '@yuanliu/core'
import { Failure } from './failure.ts'
import { print, type Shell, say } from './shell.ts'

/** A log of a platform, read over HTTP. */
export interface RemoteLog {
  key: VerifierKey
  source: LogSource
  /** The newest checkpoint with enough cosignatures, else the newest; null where there is none. */
  cosigned(): Promise<Uint8Array | null>
}

/**
 * The logs of a platform. Keys that are given are believed; without any, what the platform shows, which is said.
 * @throws Failure where there is no log; Unreachable
 */
export async function remoteLogs(
  shell: Shell,
  url: string,
  keys: readonly (string | VerifierKey)[] = [],
): Promise<RemoteLog[]> {
  const base = url.replace(/\/+$/, '')
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) throw new Failure('wrongUrl', { url })
  const fetcher = shell.fetch ?? fetch
  const get = async (path: string): Promise<Response> =>
    fetcher(`${base}${path}`, { redirect: 'error' }).catch((error: unknown) => {
      throw new Unreachable(base, { cause: error })
    })
  const answer = await get('/api/log')
  const { logs = [] } = answer.ok ? ((await answer.json()) as { logs?: LogOf[] }) : {}
  const given = keys.map(key => (typeof key === 'string' ? parseVerifierKey(key) : key))
  const found = logs
    .map(log => ({ log, shown: parseVerifierKey(log.key) }))
    .map(({ log, shown }) => ({ log, key: given.find(k => k.name === shown.name) ?? shown }))
    .filter(({ key }) => !given.length || given.includes(key))
  if (!found.length) throw new Failure('logNone', { place: url })
  return found.map(({ log, key }) => {
    if (!given.length) print(shell.stderr, say(shell, 'logTrusted', { key: log.key }))
    // The address that is asked, not the one that the answer names: a monitor may go through another door.
    const prefix = log.suite === 'sm3-sm2' ? '/log/sm' : '/log'
    return {
      key,
      async cosigned() {
        for (const path of [`${prefix}/checkpoint/cosigned`, `${prefix}/checkpoint`]) {
          const note = await get(path)
          const bytes = new Uint8Array(await note.arrayBuffer())
          if (note.status === 200) return bytes
        }
        return null
      },
      source: {
        checkpoint: async () => new Uint8Array(await (await get(`${prefix}/checkpoint`)).arrayBuffer()),
        async fetch(tile) {
          const piece = await get(`${prefix}/${tilePath(tile)}`)
          const body = await piece.arrayBuffer()
          return piece.status === 200 ? new Uint8Array(body) : null
        },
      },
    }
  })
}
