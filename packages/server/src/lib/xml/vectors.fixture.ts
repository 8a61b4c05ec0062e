import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readXmlEvent, readXmlHead, type XmlElement, type XmlFault, xmlNames } from '@yuanliu/core'
import type { ScanLimits } from '../scan/fault.ts'
import { scanXml } from './scan-xml.ts'
import { storedScope, versionIn } from './stored-context.ts'

export const VECTORS = join(import.meta.dirname, '../../../../../../shared/vectors')
export const present = existsSync(VECTORS)

export const LIMITS: ScanLimits = {
  documentBytes: 1e9,
  eventBytes: 1e7,
  headBytes: 1e7,
  events: 1e6,
  depth: 64,
  stringBytes: 1e6,
}

export interface ReadDocument {
  head: Record<string, unknown>
  headFaults: readonly XmlFault[]
  root: XmlElement
  /** `@context` of the events' JSON form, and as it is stored */
  context: unknown
  stored: string
  events: { value: Record<string, unknown>; faults: readonly XmlFault[]; bytes: Buffer; path: string; offset: number }[]
}

/** A whole document, fed in pieces of this many bytes. @throws ScanError */
export function readDocument(bytes: Buffer, piece = 1_000, limits = LIMITS): ReadDocument {
  const scanner = scanXml(limits)
  const cuts = []
  for (let i = 0; i < bytes.length; i += piece) cuts.push(...scanner.write(bytes.subarray(i, i + piece)))
  const { root } = scanner.end()
  const scope = scanner.around()?.scope ?? {}
  const names = xmlNames(new Map(Object.entries(scope)))
  const version = versionIn(scope)
  const { value: head, faults: headFaults } = readXmlHead(root)
  const events = cuts.map(({ bytes: own, path, offset, wrapped, element }) => {
    const { value, faults } = readXmlEvent(element, names, { version, wrapped })
    return { value, faults, bytes: own, path, offset }
  })
  return { head, headFaults, root, context: names.context, stored: storedScope(scope), events }
}

/** Files of a folder of the vectors, below it too, by the end of their names. */
export function filesIn(folder: string, ending: string): string[] {
  if (!present) return []
  return readdirSync(join(VECTORS, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => `${folder}/${name}`)
    .sort()
}

export function vector(file: string): Buffer {
  return readFileSync(join(VECTORS, file))
}
