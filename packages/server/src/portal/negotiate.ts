/** Forms in which a unit's page is answered; `links` is a linkset as plain JSON, `ld` one as JSON-LD. */
export type Form = 'html' | 'json' | 'linkset' | 'links' | 'ld'

const TYPES: Record<string, Form> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/*': 'html',
  '*/*': 'html',
  'application/json': 'json',
  'application/*': 'json',
  'application/linkset+json': 'linkset',
  'application/ld+json': 'ld',
}

/** The form that `Accept` prefers (RFC 9110 §12.5.1); among equals the one named first. What we do not have is no form. */
export function formOf(accept: string | undefined): Form | null {
  return accept ? preferred(accept, TYPES) : 'html'
}

/** The preferred one of these media types, null where none is named. */
export function preferred<F>(accept: string | undefined, types: Readonly<Record<string, F>>): F | null {
  let best: F | null = null
  let bestQ = 0
  for (const [type, q] of weighted(accept ?? '')) {
    if (!Object.hasOwn(types, type) || q <= bestQ) continue
    best = types[type] as F
    bestQ = q
  }
  return best
}

export type Encoding = 'br' | 'gzip' | 'identity'

/** The smallest encoding that the client takes (RFC 9110 §12.5.3). */
export function encodingOf(accept: string | undefined): Encoding {
  if (!accept) return 'identity'
  const given = new Map(weighted(accept))
  const takes = (name: string) => (given.get(name) ?? given.get('*') ?? 0) > 0
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity'
}

function weighted(header: string): [string, number][] {
  return header
    .slice(0, 1000)
    .split(',')
    .map(part => {
      const [type = '', ...params] = part.trim().toLowerCase().split(';')
      const q = params.map(p => /^\s*q=([\d.]+)/.exec(p)?.[1]).find(Boolean)
      return [type.trim(), q === undefined ? 1 : Number(q)]
    })
}

/** Whether `If-None-Match` names this tag (weak comparison, RFC 9110 §13.1.2). */
export function matches(header: string | undefined, etag: string): boolean {
  if (!header) return false
  const bare = etag.replace(/^W\//, '')
  return header === '*' || header.split(',').some(tag => tag.trim().replace(/^W\//, '') === bare)
}
