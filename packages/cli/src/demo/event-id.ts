import { createHash } from 'node:crypto'

// A UUID of our own (version 4), the name space of all demonstration events.
const NAME_SPACE = Buffer.from('5d0c1d7e9a2b4c1f8e6dd30a4d9a6c52', 'hex')

/** The same URN UUID for the same name: version 5 (RFC 9562 §5.5). */
export function eventIdOf(name: string): string {
  const hash = createHash('sha1').update(NAME_SPACE).update(name).digest().subarray(0, 16)
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
