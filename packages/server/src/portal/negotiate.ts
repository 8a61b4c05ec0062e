/** Forms in which a unit's page is answered. */
export type Form = 'html' | 'json' | 'linkset'

const TYPES: Record<string, Form> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/*': 'html',
  '*/*': 'html',
  'application/json': 'json',
  'application/*': 'json',
  'application/linkset+json': 'linkset',
}

/** The form that `Accept` prefers (RFC 9110 §12.5.1); among equals the one named first. What we do not have is no form. */
export function formOf(accept: string | undefined): Form | null {
  if (!accept) return 'html'
  let best: Form | null = null
  let bestQ = 0
  for (const [type, q] of weighted(accept)) {
    const form = TYPES[type]
    if (form && q > bestQ) {
      best = form
      bestQ = q
    }
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
