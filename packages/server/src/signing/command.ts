import { hash } from 'node:crypto'
import {
  canonicalLinks,
  contextOf,
  ED25519,
  formatVerifierKey,
  provePossession,
  type SignableEvent,
  SM2,
  type Subject,
  type SuiteId,
  signableEvent,
  signableEvents,
  signEvents,
} from '@yuanliu/core'
import { readSchemes } from '../lib/data.ts'
import { scanProblem } from '../lib/http/body.ts'
import { JSON_LIMITS, LIMITS } from '../lib/http/limits.ts'
import { DATA } from '../lib/paths.ts'
import { ScanError } from '../lib/scan/fault.ts'
import { parseStrict } from '../lib/scan/parse-strict.ts'
import { nodeCrypto } from '../lib/signing/node-crypto.ts'
import { createSigningKey, readSigningKey } from '../lib/signing/signing-key.ts'
import { scanXml } from '../lib/xml/scan-xml.ts'
import { soleElement } from '../lib/xml/sole-element.ts'
import { eventReading, storedScope } from '../lib/xml/stored-context.ts'

/** What the command line does for a subject that signs, without a running platform. */

/**
 * Makes a key for a subject in a file that only its owner may read, sealed where a passphrase is given.
 * @returns the verifier key, as others get it
 * @throws in words where there is a file already: a key is never written over
 */
export async function makeSubjectKey(path: string, name: string, suite: SuiteId, passphrase?: string): Promise<string> {
  const cipher = suite === 'sm3-sm2' ? 'sm4-ctr-hmac-sm3' : 'aes-256-gcm'
  const lock = passphrase ? ({ passphrase, cipher } as const) : undefined
  return formatVerifierKey(createSigningKey(path, name, suite === 'sm3-sm2' ? SM2 : ED25519, await nodeCrypto(), lock))
}

/** What registers a key: itself, and the proof that its holder means it for that organisation. */
export async function registrationOf(
  path: string,
  organisation: string,
  passphrase?: string,
): Promise<{ key: string; possession: string }> {
  const subject = await readSigningKey(path, await nodeCrypto(), passphrase)
  const key = formatVerifierKey(subject.key)
  return { key, possession: await provePossession(subject, organisation, key) }
}

/**
 * Signs the events of a document, or a bare event, in JSON or XML.
 * @param time claimed time of signing, POSIX seconds
 * @throws Problem where it is neither, Refusal where it holds no event, in words where the key cannot be read
 */
export async function signFile(
  bytes: Buffer,
  keyPath: string,
  { passphrase, schemes = null, time }: { passphrase?: string; schemes?: string | null; time: bigint },
): Promise<{ note: string; events: number; key: string }> {
  const crypto = await nodeCrypto()
  const subject: Subject = await readSigningKey(keyPath, crypto, passphrase)
  const events = eventsIn(bytes, schemes)
  return {
    note: await signEvents(subject, events, crypto, time),
    events: events.length,
    key: formatVerifierKey(subject.key),
  }
}

function eventsIn(bytes: Buffer, schemes: string | null): SignableEvent[] {
  const tools = {
    sha256: (text: string) => hash('sha256', text, 'hex'),
    toDigitalLink: canonicalLinks(readSchemes(DATA, schemes)),
  }
  try {
    if (!/^\ufeff?\s*</.test(bytes.subarray(0, 1000).toString())) {
      const value = parseStrict(bytes, JSON_LIMITS)
      return typeof value === 'object' && value !== null ? signableEvents(value, tools) : []
    }
    return xmlEvents(bytes).map(event => signableEvent(event.value, contextOf(event.context), tools))
  } catch (error) {
    throw error instanceof ScanError ? scanProblem(error) : error
  }
}

/** Root elements that are an event themselves. */
const EVENT = /Event$/

function xmlEvents(bytes: Buffer): { value: Record<string, unknown>; context: unknown }[] {
  const root = /<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(
    bytes.toString().replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, ''),
  )?.[1]
  if (root !== undefined && EVENT.test(root)) {
    const reading = eventReading(storedScope({}))
    return [{ value: reading.value(soleElement(bytes, LIMITS).bytes), context: reading.context }]
  }
  const scanner = scanXml(JSON_LIMITS)
  const cuts = scanner.write(bytes)
  const reading = eventReading(storedScope(scanner.around()?.scope ?? {}))
  scanner.end()
  return cuts.map(cut => ({ value: reading.value(cut.bytes), context: reading.context }))
}
