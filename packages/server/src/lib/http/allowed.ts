import type { Mounted } from './server.ts'

/**
 * Which methods the address of a request takes (RFC 9110 §10.2.1), by the routes that are mounted; null where there is
 * nothing at that address. What is below a first place that any text fits (`/:key/*`) takes what it takes by itself.
 */
export function allowedMethods(mounted: readonly Mounted[]): (address: string) => readonly string[] | null {
  let routes: { fits: RegExp; method: string }[] | null = null
  return address => {
    // Complete when the first request comes.
    routes ??= mounted.filter(({ url }) => /^\/\w/.test(url)).map(({ method, url }) => ({ fits: fitting(url), method }))
    const path = address.split('?')[0] ?? ''
    const methods = new Set(routes.filter(({ fits }) => fits.test(path)).map(({ method }) => method))
    return methods.size ? [...methods].sort() : null
  }
}

function fitting(url: string): RegExp {
  const parts = url
    .replace(/\(\^.*?\$\)/g, '')
    .split(/(:\w+|\*)/)
    .map(part => (part === '*' ? '.*' : /^:\w/.test(part) ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
  return new RegExp(`^${parts.join('')}$`)
}
