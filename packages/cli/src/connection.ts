import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Client, createClient, RemoteProblem } from '@yuanliu/core'
import { Failure } from './failure.ts'
import { print, type Shell, say } from './shell.ts'

const DEFAULT_URL = 'http://localhost:8080'

export interface Target {
  /** else YUANLIU_URL, else http://localhost:8080 */
  url?: string
  /** text of the access key; else YUANLIU_KEY, else the bootstrap file */
  key?: string
}

/** A client of the platform that the environment names. @throws Failure where address or key are missing or malformed */
export function connect(shell: Shell, target: Target = {}): Client {
  const url = target.url || shell.env.YUANLIU_URL || DEFAULT_URL
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Failure('wrongUrl', { url })
  return createClient({
    url,
    key: target.key ?? readKey(shell).key,
    language: shell.language,
    ...(shell.fetch && { fetch: shell.fetch }),
  })
}

/** Runs `work`; where the platform knows nothing of the key, says on stderr where the key came from. */
export async function withKeyHint<T>(shell: Shell, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RemoteProblem && (error.status === 401 || error.status === 403))
      print(shell.stderr, say(shell, 'keyFrom', { source: readKey(shell).source }))
    throw error
  }
}

function readKey({ env }: Shell): { key: string; source: string } {
  if (env.YUANLIU_KEY) return checked(env.YUANLIU_KEY, 'YUANLIU_KEY')
  const path = bootstrapPath(env.DATA_DIR || './var')
  try {
    return checked(readFileSync(path, 'utf8'), path)
  } catch (error) {
    if (error instanceof Failure) throw error
    const code = (error as NodeJS.ErrnoException).code ?? ''
    throw code === 'ENOENT' ? new Failure('keyAbsent', { path }) : new Failure('unreadable', { path, code })
  }
}

/** Where the first start of a platform leaves its key. */
export function bootstrapPath(dataDir: string): string {
  return join(resolve(dataDir), 'bootstrap-key')
}

function checked(text: string, source: string): { key: string; source: string } {
  const key = text.trim()
  if (!/^[\x21-\x7e]+$/.test(key)) throw new Failure('keyMalformed', { source })
  return { key, source }
}
