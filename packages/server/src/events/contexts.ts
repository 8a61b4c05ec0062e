/** One `@context` for events of several documents (JSON-LD 1.1 §4.1), so that each keeps its meaning. */

export const STANDARD_CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'
const STANDARD = /^https?:\/\/(ref\.gs1\.org\/standards\/epcis|gs1\.github\.io\/EPCIS)\/(.*\/)?epcis-context\.jsonld$/

export interface Contextual {
  bytes: Buffer
  context: unknown
}

/** What a context says besides the standard one, as a list; empty where it says nothing more. */
export function ownParts(context: unknown): unknown[] {
  const parts = Array.isArray(context) ? (context as unknown[]) : [context]
  return parts.filter(p => p !== null && p !== undefined && !(typeof p === 'string' && STANDARD.test(p)))
}

/** The definitions of a context by name, as JSON; null where it holds more than plain definitions of names. */
function definitionsOf(context: unknown): Map<string, string> | null {
  const names = new Map<string, string>()
  for (const part of ownParts(context)) {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return null
    for (const [name, definition] of Object.entries(part)) {
      if (name.startsWith('@')) return null
      names.set(name, JSON.stringify(definition))
    }
  }
  return names
}

function uses(bytes: Buffer, name: string): boolean {
  const text = JSON.stringify(name).slice(0, -1)
  return bytes.includes(`${text}:`) || bytes.includes(`${text}"`)
}

/**
 * A context under which as many events from the front of the list as possible mean what they meant under their own:
 * the one that they share, else all definitions together, as long as none clashes and none gives a meaning to a name
 * that an event used without one.
 */
export function jointContext(events: readonly Contextual[]): { context: unknown; count: number } {
  const first = events[0]
  if (!first) return { context: STANDARD_CONTEXT, count: 0 }
  let same = 1
  while (same < events.length && isSame((events[same] as Contextual).context, first.context)) same++
  const alone = { context: first.context ?? STANDARD_CONTEXT, count: same }
  const base = definitionsOf(first.context)
  if (same === events.length || !base) return alone

  const union = new Map(base)
  const known = new Map<unknown, Map<string, string> | null>([[first.context, base]])
  let count = same
  for (; count < events.length; count++) {
    const event = events[count] as Contextual
    let own = known.get(event.context)
    if (own === undefined) {
      own = definitionsOf(event.context)
      known.set(event.context, own)
    }
    if (!own) break
    const added = [...own].filter(([name]) => !union.has(name))
    const clash = [...own].some(([name, definition]) => union.has(name) && union.get(name) !== definition)
    if (clash || [...union.keys()].some(name => !own.has(name) && uses(event.bytes, name))) break
    if (added.some(([name]) => events.slice(0, count).some(e => uses(e.bytes, name)))) break
    for (const [name, definition] of added) union.set(name, definition)
  }
  if (count === same) return alone
  const names = [...union].map(([name, definition]) => [name, JSON.parse(definition) as unknown])
  return { context: names.length ? [STANDARD_CONTEXT, Object.fromEntries(names)] : STANDARD_CONTEXT, count }
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
