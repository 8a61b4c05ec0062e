import { byteStore } from './byte-store.ts'
import { faultAt, ScanError, type ScanFault, type ScanLimits } from './fault.ts'
import { bracketsMatch, findFault, type Place } from './find-fault.ts'
import { endOfWord, isBracketed } from './json-bytes.ts'
import { advance, isComplete, newLexing } from './lexing.ts'
import { parseLexed } from './parse-strict.ts'

interface CutEvent {
  /** JSON pointer of the event list; with `ordinal` the event's own: `${list}/${ordinal}` */
  list: string
  /** 0 for the first */
  ordinal: number
  /** bytes of the document before it */
  offset: number
  /** exactly the bytes received; may be a view of the chunk they came in, so a chunk must not be written to again */
  bytes: Buffer
}
export interface SoundEvent extends CutEvent {
  value: unknown
  fault?: never
  read?: never
}
/** An event with a fault of its own: its end is certain, and the rest of the document can be read. */
export interface FaultyEvent extends CutEvent {
  value?: never
  fault: ScanFault
  read?: never
}
/** An event that the reader of the caller has taken. */
export interface ReadEvent<R> extends CutEvent {
  value?: never
  fault?: never
  read: R
}
export type ScannedEvent<R = never> = SoundEvent | FaultyEvent | ReadEvent<R>

/**
 * Reads events of a common kind in one pass, where cutting them out, parsing and checking would be several. What it
 * takes has to be well-formed, as strictly as `parseStrict` has it, and in ASCII.
 */
export interface EventReader<R> {
  /** arrays and objects inside one another that it takes, the event counted */
  depth: number
  /**
   * What it makes of the event that begins at `from`; null where the event is to be parsed.
   * @param text the chunk, a character for each byte
   */
  read(text: string, from: number): R | null
  /** the offset behind the event last read */
  end(): number
}

export interface EventCutter<R = never> {
  /** Events begun so far. */
  readonly count: () => number
  /** The pointer of the event that is open, or else of the next one. */
  readonly pointer: () => string
  /** Begins an event at byte `i` of a chunk that has `base` bytes before it. @throws ScanError */
  readonly open: (chunk: Buffer, i: number, base: number) => void
  /** Lets the reader have the event just begun, `text` being the chunk. @returns the offset behind it, −1 for no */
  readonly readWhole: (chunk: Buffer, text: string, i: number, events: ScannedEvent<R>[]) => number
  /** Goes on through the open event. @returns the offset behind what was read; @throws ScanError */
  readonly read: (chunk: Buffer, i: number, base: number, events: ScannedEvent<R>[]) => number
  readonly isOpen: () => boolean
  /** Keeps what the chunk holds of the open event. */
  readonly suspend: (chunk: Buffer) => void
  /** What is wrong with an event that the document's end cuts short. */
  readonly findFault: (end: number) => ScanFault
}

/**
 * Cuts the events of one list and parses each alone.
 * @param list pointer of the list
 * @param depth arrays and objects around an event
 */
export function eventCutter<R = never>(
  limits: ScanLimits,
  list: string,
  depth: number,
  reader: EventReader<R> | null = null,
): EventCutter<R> {
  /** What the reader takes may not be longer than this: then no limit but that of depth can be passed. */
  const longest = reader && depth + reader.depth <= limits.depth ? Math.min(limits.eventBytes, limits.stringBytes) : -1
  let ordinal = 0
  let isOpen = false
  let isWord = false
  /** where the event begins in the document */
  let offset = 0
  /** where the event goes on in this chunk */
  let from = 0
  let lexing = newLexing()
  const pending = byteStore()

  const pointer = () => `${list}/${ordinal}`
  const place = (): Place => ({ offset, pointer: pointer(), depth })

  function close(chunk: Buffer, end: number): ScannedEvent {
    let bytes = chunk.subarray(from, end)
    if (pending.length() > 0) {
      pending.append(chunk, from, end)
      bytes = pending.take()
    }
    const { value, fault } = parseLexed(bytes, isWord ? null : lexing, limits, depth, place)
    // Where brackets do not match, what was cut may be the wrong piece of the document.
    if (fault && !bracketsMatch(bytes)) throw new ScanError(fault)
    isOpen = false
    return fault
      ? { list, ordinal: ordinal++, offset, bytes, fault }
      : { list, ordinal: ordinal++, offset, bytes, value }
  }

  return {
    count: () => ordinal,
    pointer,
    isOpen: () => isOpen,
    open(chunk, i, base) {
      offset = base + i
      if (ordinal >= limits.events) throw new ScanError(faultAt('too-many-events', offset, pointer(), limits.events))
      isOpen = true
      isWord = !isBracketed(chunk[i]!)
      from = i
      lexing = newLexing()
    },
    readWhole(chunk, text, i, events) {
      const read = longest < 0 || isWord ? null : reader!.read(text, i)
      if (read === null) return -1
      const end = reader!.end()
      if (end - i > longest) return -1
      isOpen = false
      events.push({ list, ordinal: ordinal++, offset, bytes: chunk.subarray(i, end), read })
      return end
    },
    read(chunk, i, base, events) {
      // Only the byte behind a word shows that it has ended.
      const most = limits.eventBytes + (isWord ? 1 : 0)
      const to = Math.min(chunk.length, offset + most - base)
      const end = isWord ? endOfWord(chunk, i, to) : advance(lexing, chunk, i, to)
      const isOver = isWord ? end < to : isComplete(lexing)
      if (isOver) events.push(close(chunk, end))
      else if (base + end - offset >= most)
        throw new ScanError(faultAt('event-size', offset + limits.eventBytes, pointer(), limits.eventBytes))
      return end
    },
    suspend(chunk) {
      pending.append(chunk, from, chunk.length)
      from = 0
    },
    findFault(end) {
      return findFault(pending.take(), limits, place()) ?? endsEarly(end, pointer())
    },
  }
}

/** The fault of a document that ends where it must go on. */
export function endsEarly(end: number, pointer: string): ScanFault {
  return faultAt('syntax', end, pointer, '意外结束 / unexpected end')
}
