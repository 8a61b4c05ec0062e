import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { isKeyName, type SuiteId } from '@yuanliu/core'

// How the text of a setting is read; each throws an error that says what is expected.

/** Not empty; without the space around it. */
export function text(value: string): string {
  if (!value.trim()) throw new Error('must not be empty')
  return value.trim()
}

/** A file, given only where the other setting is given too; empty: null. */
export function pathBeside(other: string) {
  return (value: string, env: NodeJS.ProcessEnv): string | null => {
    if (value.trim() && !env[other]?.trim()) throw new Error(`needs ${other} beside it`)
    return value.trim() ? resolve(value.trim()) : null
  }
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number) {
  return (value: string): number => {
    const n = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (!(n >= min && n <= max)) throw new Error(`must be a whole number from ${min} to ${max}`)
    return n
  }
}

/** true, 1, yes; false, 0, no. */
export function boolean(value: string): boolean {
  if (/^(true|1|yes)$/i.test(value)) return true
  if (/^(false|0|no)$/i.test(value)) return false
  throw new Error('must be true or false')
}

/** One of these words. */
export function oneOf<W extends string>(...words: W[]) {
  return (value: string): W => {
    const word = words.find(w => w === value)
    if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`)
    return word
  }
}

/** An http(s) address without user, query or fragment; `<PORT>` stands for the address of this machine. */
export function publicUrl(value: string, env: NodeJS.ProcessEnv): string {
  const given = value.includes('<PORT>')
    ? `${env.TLS_CERT ? 'https' : 'http'}://localhost:${/^\d{1,5}$/.test(env.PORT ?? '') ? env.PORT : '8080'}`
    : value
  const url = URL.canParse(given) ? new URL(given) : null
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error('must be an http:// or https:// address')
  if (url.search || url.hash || url.username) throw new Error('must be a bare address without user, query or fragment')
  return given.replace(/\/+$/, '')
}

/** A postgres:// address; empty: null. */
export function databaseUrl(value: string): string | null {
  if (!value) return null
  if (!/^postgres(ql)?:\/\//.test(value)) throw new Error('must begin with postgres://')
  if (!URL.canParse(value)) throw new Error('must be an address such as postgres://user:password@host:5432/database')
  return value
}

/** true, false, a number of hops, or networks divided by commas. */
export function trustProxy(value: string): boolean | number | string {
  if (/^\d+$/.test(value)) return Number(value)
  if (value === 'true' || value === 'false') return value === 'true'
  if (value.split(',').every(isNetwork)) return value
  throw new Error('must be true, false, a number of hops, or addresses (10.0.0.0/8) separated by commas')
}

function isNetwork(value: string): boolean {
  const [address = '', bits, ...rest] = value.trim().split('/')
  const family = isIP(address)
  if (!family || rest.length) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

/** At least 32 printable characters; empty: null. */
export function bootstrapKey(value: string): string | null {
  if (!value) return null
  if (value.length < 32) throw new Error('must have at least 32 characters')
  if (!/^[\x21-\x7e]+$/.test(value)) throw new Error('must be printable ASCII without spaces')
  if (value.startsWith('yls_')) throw new Error('must not begin with yls_, as keys of sandboxes do')
  return value
}

/** Name of a request header, in small letters; empty: null. */
export function headerName(value: string): string | null {
  if (!value) return null
  if (!/^[A-Za-z0-9-]{1,100}$/.test(value)) throw new Error('must be the name of a header, such as X-Region')
  return value.toLowerCase()
}

/** Origins (RFC 6454) divided by commas. */
export function origins(value: string): string[] {
  const list = value
    .split(',')
    .map(o => o.trim())
    .filter(Boolean)
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new Error(`"${origin}" is not an origin such as https://example.org`)
  }
  return list
}

/** Host names, addresses and networks divided by commas. */
export function hostsAndNetworks(value: string): string[] {
  const list = value
    .split(',')
    .map(entry => entry.trim().toLowerCase())
    .filter(Boolean)
  for (const entry of list) {
    if (!isNetwork(entry) && !/^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_-]+)*$/.test(entry))
      throw new Error(`"${entry}" is not a host, an address or a network such as 10.0.0.0/8`)
  }
  return list
}

/** A time zone of the IANA database. */
export function timeZone(value: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value.trim() }).resolvedOptions().timeZone
  } catch {
    throw new Error('must be a time zone such as Asia/Shanghai')
  }
}

const SUITES: readonly SuiteId[] = ['sha256-ed25519', 'sm3-sm2']

/** Suites of the log divided by commas, in their order; `off`: none. */
export function logSuites(value: string): SuiteId[] {
  if (value === 'off') return []
  const words = value.split(',').map(word => word.trim())
  const wrong = words.find(word => !SUITES.includes(word as SuiteId))
  if (wrong !== undefined || new Set(words).size !== words.length)
    throw new Error(`must be off, or one or both of ${SUITES.join(', ')}`)
  return SUITES.filter(suite => words.includes(suite))
}

/** Name of a log: a scheme-less URL (C2SP tlog-checkpoint); empty: null. */
export function logOrigin(value: string): string | null {
  if (!value) return null
  if (!isKeyName(value) || value.includes('://'))
    throw new Error('must be an address without scheme, spaces and plus signs, such as trace.example.org/log')
  return value
}

/** At least 12 characters; empty: null. */
export function passphrase(value: string): string | null {
  if (!value) return null
  if ([...value].length < 12) throw new Error('must have at least 12 characters')
  return value
}

/** An http(s) address without query or fragment; empty: null. */
export function httpAddress(value: string): string | null {
  return value === '' ? null : publicUrl(value, {})
}

/** A text of that form; empty: null. */
export function pattern(form: RegExp, expected: string) {
  return (value: string): string | null => {
    if (!value) return null
    if (!form.test(value)) throw new Error(expected)
    return value
  }
}

/** Socket of a signer, `unix:` and an absolute path, where no key file is named for the same key; empty: null. */
export function signerBeside(keyFile: string) {
  return (value: string, env: NodeJS.ProcessEnv): string | null => {
    if (!value) return null
    const path = /^unix:(\/.+)$/.exec(value)?.[1]
    // The system's address of a socket has room for no more.
    if (!path || Buffer.byteLength(path) > 103)
      throw new Error('must be unix: and the absolute path of a socket, of at most 103 bytes')
    if (env[keyFile]?.trim()) throw new Error(`${keyFile} names a key, too: which is meant?`)
    return path
  }
}
