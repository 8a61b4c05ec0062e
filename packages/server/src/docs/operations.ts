import * as api from '@yuanliu/core'
import { asBound, type Endpoint } from '@yuanliu/core'
import type { Mounted } from '../lib/http/server.ts'

const METHODS = ['GET', 'POST', 'DELETE']

/** Every operation that core declares, in the order of its paths. */
export const DECLARED: readonly Endpoint[] = (Object.values(api) as unknown[])
  .flat()
  .filter(isEndpoint)
  .map(asBound)
  .sort((a, b) => a.path.localeCompare(b.path, 'en') || METHODS.indexOf(a.method) - METHODS.indexOf(b.method))

function isEndpoint(value: unknown): value is Endpoint {
  const { id, method, path, summary } = (value ?? {}) as Record<string, unknown>
  return typeof id === 'string' && typeof method === 'string' && typeof path === 'string' && typeof summary === 'object'
}

/** Path of one of GS1's keys, by number or short name. */
const KEY_PATH = /^\/[A-Za-z0-9]+\/\*$/

/** A mounted route as a declaration writes it: `GET /:key/*` for each of GS1's keys. */
export function routeName({ method, url }: Pick<Mounted, 'method' | 'url'>): string {
  const path = url
    .replace(/\(\^.*\$\)/, '')
    .replace(/(.)\/$/, '$1')
    .replace(/^\/log\/sm\//, '/log/')
  const isKey = KEY_PATH.test(path) && path !== '/t/*' && path !== '/check/*'
  return `${method} ${isKey ? '/:key/*' : path}`
}

/** What is declared and mounted. */
export function offered(mounted: readonly Mounted[]): Endpoint[] {
  const names = new Set(mounted.map(routeName))
  return DECLARED.filter(({ method, path }) => names.has(`${method} ${path}`))
}

/** Mounted routes that nobody calls as an interface: files of pages, other methods of resolver addresses, HEAD and OPTIONS. */
export function isBeside({ method, url }: Pick<Mounted, 'method' | 'url'>): boolean {
  if (['HEAD', 'OPTIONS', 'PUT', 'PATCH'].includes(method)) return true
  if (method !== 'GET' && KEY_PATH.test(url)) return true
  return url.startsWith('/assets/')
}
