import { byteStore } from './byte-store.ts'
import { documentHead } from './document-head.ts'
import { type EventCutter, type EventReader, endsEarly, eventCutter, type ScannedEvent } from './event-cutter.ts'
import { EVENT_PATHS, LONGEST_NAME, type PathNode, stepInto } from './event-paths.ts'
import { faultAt, pointerStep, ScanError, type ScanFault, type ScanFaultKind, type ScanLimits } from './fault.ts'
import { isBracketed, isDelimiter, isSpace, isValueStart } from './json-bytes.ts'
import { advance, isComplete, newLexing } from './lexing.ts'

export interface ScannedDocument {
  /** the document with an empty event list, parsed */
  head: unknown
  headBytes: Buffer
  /** number of events cut out */
  events: number
  /** pointer of the event list, null if the document has none (the schema of the head will say so) */
  list: string | null
}

export interface DocumentScanner<R = never> {
  /**
   * Takes the next bytes and gives the events that end in them. When the document breaks, the events before the break
   * are still given, and the error comes with the next call; which events are given does not depend on the chunks.
   * @throws ScanError for a fault of the document as a whole
   */
  readonly write: (chunk: Buffer) => ScannedEvent<R>[]
  /** Ends the document and checks all that is not an event. @throws ScanError */
  readonly end: () => ScannedDocument
}

/** Where the reading stands: outside the objects that lead to the events, in one of them, or in the list. */
type Mode =
  | 'start'
  | 'first-name'
  | 'name'
  | 'in-name'
  | 'colon'
  | 'value'
  | 'in-value'
  | 'in-word'
  | 'after-member'
  | 'first-event'
  | 'event'
  | 'in-event'
  | 'after-event'
  | 'done'

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/**
 * Cuts the events out of an EPCISDocument or EPCISQueryDocument (EPCIS 2.0 §9.3) that arrives in chunks of any size.
 * Members may come in any order, header fields after the events too. At any time it holds no more than one event,
 * what stands outside the event list, and the chunk.
 * @param reader takes the events that it can read and that stand whole in one chunk
 */
export function scanDocument<R = never>(limits: ScanLimits, reader: EventReader<R> | null = null): DocumentScanner<R> {
  let mode: Mode = 'start'
  /** bytes before the current chunk */
  let base = 0
  let failed: ScanError | null = null
  let markLength = 0
  const head = documentHead(limits, () => markLength)
  /** where the head goes on in this chunk, -1 inside the event list */
  let headFrom = 0

  /** the objects on the way to the events that are open */
  const levels: { node: PathNode; pointer: string }[] = []
  const seen = new Set<string>()
  let lexing = newLexing()
  const nameBytes = byteStore()
  let nameOffset = 0
  /** pointer of the member that is being read, and where the way goes on through it */
  let member = ''
  let next: PathNode | 'events' | undefined
  let list: string | null = null
  let cutter: EventCutter<R> = eventCutter<R>(limits, '', 0)
  /** the current chunk as text, once the reader has been asked */
  let text: string | null = null

  function fail(kind: ScanFaultKind, offset: number, pointer: string, detail: string | number = ''): never {
    throw new ScanError(faultAt(kind, offset, pointer, detail))
  }

  function unexpected(c: number, offset: number): never {
    // Only bytes that begin no character; whether another one is whole is not worth waiting for.
    if (c >= 0xf5 || (c >= 0x80 && c < 0xc2)) fail('utf8', offset, here())
    const shown = c > 0x20 && c < 0x7f ? `'${String.fromCharCode(c)}'` : `0x${c.toString(16).padStart(2, '0')}`
    fail('syntax', offset, here(), `意外字符 / unexpected ${shown}`)
  }

  /** The pointer of the value that is being read, or of the object or array around it. */
  function here(): string {
    if (mode === 'colon' || mode === 'value' || mode === 'in-value' || mode === 'in-word') return member
    if (mode === 'after-event') return list ?? ''
    return cutterIsReading() ? cutter.pointer() : (levels.at(-1)?.pointer ?? '')
  }

  function cutterIsReading(): boolean {
    return mode === 'first-event' || mode === 'event' || mode === 'in-event'
  }

  /** One step from byte `i`, no further than `to`. @returns the offset behind what was read */
  function step(chunk: Buffer, i: number, to: number, events: ScannedEvent<R>[]): number {
    if (mode === 'in-event') {
      const end = cutter.read(chunk, i, base, events)
      if (!cutter.isOpen()) mode = 'after-event'
      return end
    }
    if (mode === 'in-name') return inName(chunk, i, to)
    if (mode === 'in-value') {
      const end = advance(lexing, chunk, i, to)
      if (isComplete(lexing)) mode = 'after-member'
      return end
    }
    const c = chunk[i]!
    if (mode === 'start') return atStart(c, i)
    if (mode === 'in-word') {
      if (!isDelimiter(c)) return i + 1
      mode = 'after-member'
    }
    return isSpace(c) ? i + 1 : between(chunk, c, i, events)
  }

  /** A byte that is not space, between values. */
  function between(chunk: Buffer, c: number, i: number, events: ScannedEvent<R>[]): number {
    if (mode === 'value' || mode === 'first-event' || mode === 'event') {
      if (c === 0x5d && mode === 'first-event') return closeList(i)
      if (!isValueStart(c)) unexpected(c, base + i)
      if (mode === 'value') return openValue(c, i)
      cutter.open(chunk, i, base)
      if (reader) text ??= chunk.toString('latin1')
      const end = text === null ? -1 : cutter.readWhole(chunk, text, i, events)
      mode = end < 0 ? 'in-event' : 'after-event'
      return end < 0 ? i : end
    }
    if (c === 0x22 && (mode === 'first-name' || mode === 'name')) {
      lexing = newLexing()
      nameOffset = base + i
      mode = 'in-name'
      return i
    }
    if (c === 0x7d && (mode === 'first-name' || mode === 'after-member')) {
      levels.pop()
      mode = levels.length === 0 ? 'done' : 'after-member'
    } else if (c === 0x3a && mode === 'colon') mode = 'value'
    else if (c === 0x2c && mode === 'after-member') mode = 'name'
    else if (c === 0x2c && mode === 'after-event') mode = 'event'
    else if (c === 0x5d && mode === 'after-event') return closeList(i)
    else unexpected(c, base + i)
    return i + 1
  }

  /** The first bytes: a byte order mark, space, the opening brace. */
  function atStart(c: number, i: number): number {
    const offset = base + i
    if (offset === markLength && c === BYTE_ORDER_MARK[offset]) {
      markLength++
      headFrom = i + 1
    } else if (markLength === 1 || markLength === 2) fail('utf8', 0, '')
    else if (c === 0x7b) {
      levels.push({ node: EVENT_PATHS, pointer: '' })
      mode = 'first-name'
    } else if (isValueStart(c)) fail('not-a-document', offset, '', '应为对象 / an object is expected')
    else if (!isSpace(c)) unexpected(c, offset)
    return i + 1
  }

  /** A name in an object on the way; one that is too long to lead on is not kept. */
  function inName(chunk: Buffer, i: number, to: number): number {
    const end = advance(lexing, chunk, i, to)
    const room = LONGEST_NAME + 2 - nameBytes.length()
    nameBytes.append(chunk, i, Math.min(end, i + room))
    if (!isComplete(lexing)) return end
    const raw = nameBytes.take()
    const name = nameOf(raw)
    const { node, pointer } = levels.at(-1)!
    next = name === undefined ? undefined : stepInto(node, name)
    member = name === undefined ? pointer : pointer + pointerStep(name)
    if (next !== undefined) {
      if (seen.has(member)) fail('duplicate-key', nameOffset, member, JSON.stringify(name))
      seen.add(member)
    }
    mode = 'colon'
    return end
  }

  function openValue(c: number, i: number): number {
    if (c === 0x7b && typeof next === 'object') {
      levels.push({ node: next, pointer: member })
      mode = 'first-name'
      return i + 1
    }
    if (c === 0x5b && next === 'events') {
      mode = 'first-event'
      return i + 1
    }
    if (isBracketed(c)) lexing = newLexing()
    mode = isBracketed(c) ? 'in-value' : 'in-word'
    return i
  }

  function openList(chunk: Buffer, i: number): void {
    if (list !== null) fail('not-a-document', base + i - 1, member, '事件列表不止一个 / more than one event list')
    head.append(chunk, headFrom, i)
    if (head.room() < 1) fail('head-size', base + i, member, limits.headBytes)
    head.openList(base + i)
    headFrom = -1
    list = member
    cutter = eventCutter(limits, member, levels.length + 1, reader)
  }

  function closeList(i: number): number {
    head.closeList(base + i)
    headFrom = i + 1
    mode = 'after-member'
    return i + 1
  }

  function read(chunk: Buffer, events: ScannedEvent<R>[]): void {
    for (let i = 0; i < chunk.length; ) {
      const to = headFrom < 0 ? chunk.length : Math.min(chunk.length, headFrom + head.room())
      if (i >= to) fail('head-size', base + to, here(), limits.headBytes)
      i = step(chunk, i, to, events)
      if (mode === 'first-event' && headFrom >= 0) openList(chunk, i)
    }
    if (cutter.isOpen()) cutter.suspend(chunk)
    if (headFrom >= 0) {
      head.append(chunk, headFrom, chunk.length)
      headFrom = 0
    }
    base += chunk.length
    text = null
  }

  /** What is wrong with a document that ends here. */
  function breaksOff(): ScanFault {
    if (mode === 'start') return faultAt('not-a-document', base, '', '没有内容 / it is empty')
    if (mode === 'in-event') return cutter.findFault(base)
    return (headFrom < 0 ? null : head.findFault()) ?? endsEarly(base, here())
  }

  return {
    write(chunk) {
      if (failed) throw failed
      const room = limits.documentBytes - base
      const events: ScannedEvent<R>[] = []
      try {
        read(chunk.length > room ? chunk.subarray(0, room) : chunk, events)
        if (chunk.length > room) fail('document-size', base, here(), limits.documentBytes)
      } catch (error) {
        if (!(error instanceof ScanError)) throw error
        failed = error
        if (events.length === 0) throw error
      }
      return events
    },
    end() {
      if (failed) throw failed
      if (mode !== 'done') {
        failed = new ScanError(breaksOff())
        throw failed
      }
      return { ...head.parse(), events: cutter.count(), list }
    },
  }
}

/** The name that stands between the quotes, undefined if it is not well-formed or was not kept whole. */
function nameOf(raw: Buffer): string | undefined {
  try {
    const name: unknown = JSON.parse(raw.toString())
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}
