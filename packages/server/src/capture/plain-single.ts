import { type PlainEvent, plainEventReader } from '@yuanliu/core'
import { hasFewUnits } from './check.ts'

/** Bytes up to which a bare event is tried; what is longer takes the long way without loss. */
const MOST_BYTES = 64 * 1024
/** Contexts remembered: nearly all senders use one and the same. */
const MOST_CONTEXTS = 16

const HEAD = /^\s*\{\s*"@context"\s*:\s*/
const COMMA = /\s*,/y
const BLANK = /^\s*$/
const ASCII = /^[\x20-\x7e]*$/

export interface PlainSingles {
  /**
   * A bare event that begins with a context remembered and is plain in all else, with that context as JSON text; valid
   * until the next one is read. Null where it is not, or where there is any doubt: the long way decides then.
   */
  read(bytes: Buffer): { event: PlainEvent; context: string } | null
  /** Remembers the context of an event that was found valid, as `JSON.stringify` writes it. */
  learn(context: string): void
}

/** Reads bare events in one pass where they are plain (docs/adr/0013). One for all: it holds one event. */
export function plainSingles(): PlainSingles {
  const reader = plainEventReader()
  const contexts = new Set<string>()

  return {
    read(bytes) {
      if (bytes.length > MOST_BYTES || contexts.size === 0) return null
      const text = bytes.toString('latin1')
      const from = HEAD.exec(text)?.[0].length
      if (from === undefined) return null
      for (const context of contexts) {
        if (!text.startsWith(context, from)) continue
        COMMA.lastIndex = from + context.length
        if (!COMMA.test(text)) continue
        const rest = `{${text.slice(COMMA.lastIndex)}`
        const event = reader.read(rest, 0)
        return event && BLANK.test(rest.slice(reader.end())) && hasFewUnits(event) ? { event, context } : null
      }
      return null
    },
    learn(context) {
      if (contexts.has(context) || !ASCII.test(context)) return
      const [oldest] = contexts
      if (contexts.size >= MOST_CONTEXTS && oldest !== undefined) contexts.delete(oldest)
      contexts.add(context)
    },
  }
}
