/** What a file is, as far as its outline tells: where it is to be sent, or why not. */
export type Outline =
  | { send: 'document' | 'event'; xml?: true }
  | { skip: 'notAnObject' | 'brokenJson' }
  | { skip: 'noEventList' | 'notEpcis'; type: string | null }

const EVENT_LISTS = ['epcisBody/eventList', 'epcisBody/queryResults/resultsBody/eventList']
const DEEPEST = 4
/** A type longer than this is none that we know. */
const LONGEST = 200
const DOCUMENT = /^(?:epcis:)?EPCIS(?:Query)?Document$/
const EVENT = /^(?:epcis:)?(?:Object|Aggregation|Association|Transaction|Transformation)Event$/

/**
 * Finds out from a file's outermost members whether it holds a list of events or is one event, in bounded memory and
 * no further than needed. It checks nothing: the platform does that, and answers with pointers.
 */
export async function outlineOf(chunks: AsyncIterable<Uint8Array | string>): Promise<Outline> {
  const reader = createReader()
  const decoder = new TextDecoder()
  let xml: string | null = null
  let isFirst = true
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    if (isFirst && /^\s*</.test(text)) xml = ''
    if (text.trim() !== '') isFirst = false
    if (xml !== null) {
      xml += text
      const outline = xmlOutline(xml)
      if (outline || xml.length > LONGEST_PROLOGUE) break
      continue
    }
    for (let i = 0; i < text.length; i++) reader.take(text[i] as string)
    if (reader.hasEvents()) return { send: 'document' }
  }
  return xml === null ? reader.verdict() : (xmlOutline(xml) ?? { skip: 'notEpcis', type: null })
}

/** What may stand before the root of an XML document, comments for instance. */
const LONGEST_PROLOGUE = 1_000_000

/** By the name of the root element; null where it has not come yet. */
function xmlOutline(text: string): Outline | null {
  const root = /^\s*<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(
    text.replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^[>]*>/g, ''),
  )
  const type = root?.[1]
  if (type === undefined) return null
  if (DOCUMENT.test(type)) return { send: 'document', xml: true }
  return EVENT.test(type) ? { send: 'event', xml: true } : { skip: 'notEpcis', type }
}

function createReader() {
  /** of each open bracket, outermost first: is it an object, and under which member it stands */
  const open: { isObject: boolean; name: string }[] = []
  let top: 'object' | 'other' | null = null
  let word = ''
  let inString = false
  let escaped = false
  let key: string | null = null
  let type: string | null = null
  let found = false

  function enter(isObject: boolean): void {
    if (!open.length) top ??= isObject ? 'object' : 'other'
    open.push({ isObject, name: key ?? '' })
    key = null
    if (!isObject && open.length <= DEEPEST + 1) {
      const path = open.slice(1).map(bracket => bracket.name)
      if (EVENT_LISTS.includes(path.join('/'))) found = true
    }
  }

  function endString(): void {
    inString = false
    if (!open.length) top ??= 'other'
    else if (key === null && open.at(-1)?.isObject) key = word
    else if (open.length === 1 && (key === 'type' || key === '@type')) type ??= word
  }

  return {
    take(mark: string): void {
      if (inString) {
        if (escaped) escaped = false
        else if (mark === '\\') escaped = true
        else if (mark === '"') endString()
        if (inString && word.length < LONGEST) word += mark
      } else if (mark === '"') {
        inString = true
        word = ''
      } else if (mark === '{' || mark === '[') enter(mark === '{')
      else if (mark === '}' || mark === ']') {
        open.pop()
        key = null
      } else if (mark === ',') key = null
      else if (!open.length && /[^\s\ufeff]/.test(mark)) top ??= 'other'
    },
    hasEvents: () => found,
    verdict(): Outline {
      const whole = open.length === 0 && !inString
      if (type !== null && DOCUMENT.test(type)) return whole ? { skip: 'noEventList', type } : { send: 'document' }
      if (type !== null && EVENT.test(type)) return { send: 'event' }
      if (!whole || top === null) return { skip: 'brokenJson' }
      return top === 'object' ? { skip: 'notEpcis', type } : { skip: 'notAnObject' }
    },
  }
}
