import { byteStore } from './byte-store.ts'
import { ScanError, type ScanFault, type TextLimits } from './fault.ts'
import { findFault } from './find-fault.ts'
import { parseStrict } from './parse-strict.ts'

/** All of a document but the content of its event list. */
export interface DocumentHead {
  /** bytes that may still be added */
  readonly room: () => number
  readonly append: (bytes: Uint8Array, from: number, to: number) => void
  /** Says that the content of the event list begins at this offset; the head gets its closing bracket at once. */
  readonly openList: (offset: number) => void
  /** Says that the closing bracket of the list stands at this offset. */
  readonly closeList: (offset: number) => void
  /** The head with an empty list. @throws ScanError */
  readonly parse: () => { head: unknown; headBytes: Buffer }
  /** The first fault of a head that broke off, null if there is none but that. */
  readonly findFault: () => ScanFault | null
}

/**
 * Collects a head.
 * @param markLength bytes of the byte order mark, which is not part of the head
 */
export function documentHead(limits: TextLimits & { headBytes: number }, markLength: () => number): DocumentHead {
  const store = byteStore()
  const closing = Buffer.from(']')
  /** head bytes up to the list's opening bracket */
  let before = Number.POSITIVE_INFINITY
  let listStart = 0
  let listLength = 0

  /** Faults speak of offsets in the document, where the list is not empty. */
  function inDocument(fault: ScanFault): ScanFault {
    return { ...fault, offset: markLength() + fault.offset + (fault.offset >= before ? listLength : 0) }
  }

  return {
    room: () => limits.headBytes - store.length(),
    append: store.append,
    openList(offset) {
      before = store.length()
      listStart = offset
      store.append(closing, 0, 1)
    },
    closeList(offset) {
      listLength = offset - listStart
    },
    parse() {
      const headBytes = store.take()
      try {
        return { head: parseStrict(headBytes, limits), headBytes }
      } catch (error) {
        throw error instanceof ScanError ? new ScanError(inDocument(error.fault)) : error
      }
    },
    findFault() {
      const fault = findFault(store.take(), limits)
      return fault && inDocument(fault)
    },
  }
}
