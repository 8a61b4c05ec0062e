import { createHash, randomBytes } from 'node:crypto'

/** Where a key leads: to the platform, or to the sandbox of its organisation. */
export type KeyKind = 'yl' | 'yls'

/** Whether a request asks for a sandbox: by the beginning of its key, which costs a request with another key nothing more. */
export function isSandboxKey(authorization: string | undefined): boolean {
  return authorization !== undefined && /^Bearer +yls_/i.test(authorization)
}

/**
 * The text of an access key: `yl_<id>_<secret><check>`, `yls_…` for one of a sandbox. The id (8 characters) may be shown and logged, the secret is
 * 256 random bits in base64url, the check 6 hex digits of SHA-256, so that a mistyped key is told from an unknown one.
 */
export function newKeyText(kind: KeyKind = 'yl'): { id: string; text: string } {
  const id = randomBytes(6).toString('hex').slice(0, 8)
  const body = `${kind}_${id}_${randomBytes(32).toString('base64url')}`
  return { id, text: body + checkOf(body) }
}

const SHAPE = /^((yls?)_([0-9a-f]{8})_[A-Za-z0-9_-]{43})([0-9a-f]{6})$/

/** The id in a key's text; null where the text is no key of that kind or mistyped. */
export function keyId(text: string, kind: KeyKind = 'yl'): string | null {
  const match = SHAPE.exec(text)
  if (!match?.[1] || !match[3] || match[2] !== kind || checkOf(match[1]) !== match[4]) return null
  return match[3]
}

/** What is stored of a key. A key has 256 random bits, so one round of SHA-256 is enough. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function checkOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 6)
}
