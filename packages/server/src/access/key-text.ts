import { createHash, randomBytes } from 'node:crypto'

/**
 * The text of an access key: `yl_<id>_<secret><check>`. The id (8 characters) may be shown and logged, the secret is
 * 256 random bits in base64url, the check 6 hex digits of SHA-256, so that a mistyped key is told from an unknown one.
 */
export function newKeyText(): { id: string; text: string } {
  const id = randomBytes(6).toString('hex').slice(0, 8)
  const body = `yl_${id}_${randomBytes(32).toString('base64url')}`
  return { id, text: body + checkOf(body) }
}

const SHAPE = /^(yl_([0-9a-f]{8})_[A-Za-z0-9_-]{43})([0-9a-f]{6})$/

/** The id in a key's text; null where the text is no key of ours or mistyped. */
export function keyId(text: string): string | null {
  const match = SHAPE.exec(text)
  if (!match?.[1] || !match[2] || checkOf(match[1]) !== match[3]) return null
  return match[2]
}

/** What is stored of a key. A key has 256 random bits, so one round of SHA-256 is enough. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function checkOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 6)
}
