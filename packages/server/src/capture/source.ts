import {
  type HeadFault,
  type PlainEvent,
  plainEventReader,
  readXmlEvent,
  readXmlHead,
  type XmlElement,
  type XmlFault,
  xmlNames,
} from '@yuanliu/core'
import type { EventReader, ScannedEvent } from '../lib/scan/event-cutter.ts'
import type { ScanLimits } from '../lib/scan/fault.ts'
import { scanDocument } from '../lib/scan/scan-document.ts'
import { type CutElement, scanXml } from '../lib/xml/scan-xml.ts'
import { storedScope, versionIn } from '../lib/xml/stored-context.ts'

export type Media = 'json' | 'xml'

/** The form of an event in XML. */
export interface XmlForm {
  path: string
  element: XmlElement
  faults: readonly XmlFault[]
  /** the same with lines and columns; absent where it has them already */
  precise?: () => XmlForm
}

/** An event that was cut out of an XML document, as JSON has it. */
export interface XmlEvent {
  ordinal: number
  bytes: Buffer
  value: Record<string, unknown>
  xml: XmlForm
  read?: never
  fault?: never
}

export type IncomingEvent = ScannedEvent<PlainEvent> | XmlEvent

/** A document without its events. */
export interface DocumentHead {
  /** as JSON has it */
  head: unknown
  /** its `@context`, or the declarations around its events, as they are stored */
  context: string
  /** of XML */
  xml?: { root: XmlElement; faults: readonly HeadFault[] }
}

/** A document that is read while it arrives. */
export interface Source {
  /** The events that end in the next bytes. @throws ScanError */
  write(chunk: Buffer): readonly IncomingEvent[]
  /** @throws ScanError */
  end(): DocumentHead
  /** The context as soon as it is known: of XML before the first event, of JSON at the end. */
  context(): string | null
}

/** Reads a document in one of the two bindings. */
export function sourceOf(media: Media, limits: ScanLimits): Source {
  return media === 'xml' ? xmlSource(limits) : jsonSource(limits)
}

/** Depth of a plain event: itself, a list in it, an object in that. */
const PLAIN_DEPTH = 3

/** One for all documents: it is done with an event when it returns. */
const PLAIN: EventReader<PlainEvent> = { depth: PLAIN_DEPTH, ...plainEventReader() }

function jsonSource(limits: ScanLimits): Source {
  const scanner = scanDocument(limits, PLAIN)
  return {
    write: chunk => scanner.write(chunk),
    end() {
      const { head } = scanner.end()
      return { head, context: JSON.stringify((head as Record<string, unknown> | null)?.['@context'] ?? null) }
    },
    context: () => null,
  }
}

function xmlSource(limits: ScanLimits): Source {
  const scanner = scanXml(limits)
  let context: string | null = null
  let read: ((cut: CutElement) => XmlEvent) | null = null

  function readerAround(): (cut: CutElement) => XmlEvent {
    const scope = scanner.around()?.scope ?? {}
    context = storedScope(scope)
    const names = xmlNames(new Map(Object.entries(scope)))
    const version = versionIn(scope)
    return ({ ordinal, bytes, path, wrapped, element, precise }) => {
      const { value, faults } = readXmlEvent(element, names, { version, wrapped })
      const again = (): XmlForm => {
        const exact = precise()
        return { path, element: exact, faults: readXmlEvent(exact, names, { version, wrapped }).faults }
      }
      return { ordinal, bytes, value, xml: { path, element, faults, precise: again } }
    }
  }

  return {
    write(chunk) {
      const cuts = scanner.write(chunk)
      if (!cuts.length) return []
      read ??= readerAround()
      return cuts.map(read)
    },
    end() {
      const { root } = scanner.end()
      if (context === null) readerAround()
      const { value, faults } = readXmlHead(root)
      return { head: value, context: context ?? storedScope({}), xml: { root, faults } }
    },
    context: () => context,
  }
}
