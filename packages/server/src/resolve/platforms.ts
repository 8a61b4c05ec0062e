import type { Codes } from '@yuanliu/core'
import type { Fitting } from './readings.ts'
import type { PlatformRow } from './store.ts'

/** Another platform that holds a code, and the address at which to ask it. */
export interface Elsewhere {
  platform: PlatformRow
  address: string
}

/**
 * The platform whose prefix a code bears: the longest URI, else the longest company prefix, else the scheme. Nothing is
 * asked of that platform.
 */
export function platformOf(codes: Codes, rows: readonly PlatformRow[], reading: Fitting): Elsewhere | null {
  if (rows.length === 0) return null
  const digits = companyDigits(codes, reading)
  const bears: Record<PlatformRow['match'], (prefix: string) => boolean> = {
    uri: prefix => startsWithUri(reading.canonical, prefix),
    'company-prefix': prefix => digits?.startsWith(prefix) ?? false,
    scheme: prefix => reading.scheme === prefix,
  }
  for (const match of ['uri', 'company-prefix', 'scheme'] as const) {
    const found = rows
      .filter(row => row.match === match && bears[match](row.prefix))
      .sort((a, b) => b.prefix.length - a.prefix.length)[0]
    if (found) return { platform: found, address: addressOf(found, reading) }
  }
  return null
}

/** Where to ask another platform about a code: its query address, or its home where none is known. */
function addressOf(platform: PlatformRow, reading: Fitting): string {
  if (platform.query === null) return platform.home
  return platform.query.replaceAll('{code}', encodeURIComponent(reading.canonical))
}

/** Digits of a GS1 key from its company prefix on, without indicator or extension digit; null for any other code. */
function companyDigits(codes: Codes, reading: Fitting): string | null {
  let found: string | null = null
  codes.toUrn(serialised(reading), digits => {
    found = digits
    return null
  })
  return found
}

/** A product number alone has no URN; one with a serial has, and begins with the same digits. */
function serialised(reading: Fitting): string {
  return reading.level === 'class' ? `${reading.canonical}/21/0` : reading.canonical
}

/** Whether a URI begins with a prefix that ends at a boundary of it: `…/a` is no prefix of `…/ab`. */
function startsWithUri(uri: string, prefix: string): boolean {
  if (!uri.startsWith(prefix)) return false
  return uri.length === prefix.length || /[/:.?#=]$/.test(prefix) || /^[/:.?#=]/.test(uri.slice(prefix.length))
}
