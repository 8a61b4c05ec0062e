/** Addresses in which an identifier stands: a resource of a top-level kind, or an event. */
const HOLDS = /^\/epcis\/(events|epcs|bizLocations|readPoints|bizSteps|dispositions|eventTypes)\//
/** `https:/id.gs1.org`: a proxy that merges slashes has taken one. */
const MERGED = /^(https?(?::|%3a))(?:\/|%2f)(?!\/|%2f)/i

/**
 * The address with its identifier in one piece. A proxy that decodes `%2F` on the way (or a client that never encoded it)
 * makes many segments of `/epcis/epcs/https%3A%2F%2Fid.gs1.org%2F01%2F…/events`; they are put together again, so that what
 * follows sees the address as EPCIS has it. Only what stands behind the identifier, `/events`, is not part of it.
 */
export function withWholeIdentifier(address: string): string {
  const [found = '', kind] = HOLDS.exec(address) ?? []
  if (!found) return address
  const end = address.search(/[?#]/)
  const path = end < 0 ? address : address.slice(0, end)
  const suffix = kind !== 'events' && path.endsWith('/events') ? '/events' : ''
  const value = path.slice(found.length, path.length - suffix.length)
  const isPlain = !value.slice(0, -1).includes('/') && !MERGED.test(value)
  if (isPlain || suffix.length > path.length - found.length) return address
  const whole = value.replace(MERGED, '$1//').replaceAll('/', '%2F')
  return found + whole + suffix + address.slice(path.length)
}
