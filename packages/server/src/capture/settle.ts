import type { Prepared } from './prepare.ts'

export type Status = 'accepted' | 'duplicate' | 'conflict'

/** What is already stored under a key. */
export interface StoredPart {
  part: number
  organisation: number
  organisationCode: string
  declaration: Buffer | null
  /** of the stored event (`Preparer.content`); computed when asked, since it needs the bytes */
  content(): string
}

export interface Settled {
  event: Prepared
  status: Status
  /** for accepted events */
  part: number
  /** for duplicates and conflicts: who reported what is in force */
  first: { organisation: number; organisationCode: string } | null
}

/**
 * Decides for each event of a batch whether it is new, a duplicate (same id, same content) or a conflict (same id,
 * other content: the first stays in force). Identity is (id, part): part 0 the event, 1… its error declarations, which
 * may arrive first. The same declaration from another reporter is another one: who may void depends on the reporter.
 */
export function settle(
  events: readonly Prepared[],
  stored: ReadonlyMap<string, readonly StoredPart[]>,
  reporter: { organisation: number; organisationCode: string },
  contentOf: (event: Prepared) => string,
  fresh: Map<string, StoredPart[]>,
): Settled[] {
  return events.map(event => {
    const parts = [...(stored.get(event.key) ?? []), ...(fresh.get(event.key) ?? [])]
    const verdict = judge(event, parts, reporter, contentOf)
    if (verdict.status === 'accepted') {
      const mine = { part: verdict.part, ...reporter, declaration: event.declaration, content: () => contentOf(event) }
      const list = fresh.get(event.key)
      if (list) list.push(mine)
      else fresh.set(event.key, [mine])
    }
    return verdict
  })
}

function judge(
  event: Prepared,
  parts: readonly StoredPart[],
  reporter: { organisation: number },
  contentOf: (event: Prepared) => string,
): Settled {
  const first = parts[0]
  if (!first) return { event, status: 'accepted', part: event.declaration ? 1 : 0, first: null }
  const against = { organisation: first.organisation, organisationCode: first.organisationCode }
  if (first.content() !== contentOf(event)) return { event, status: 'conflict', part: -1, first: against }
  if (!event.declaration) {
    const original = parts.find(p => p.part === 0)
    if (original) return { event, status: 'duplicate', part: -1, first: original }
    return { event, status: 'accepted', part: 0, first: null }
  }
  const same = parts.find(
    p => p.organisation === reporter.organisation && p.declaration?.equals(event.declaration as Buffer),
  )
  if (same) return { event, status: 'duplicate', part: -1, first: same }
  return { event, status: 'accepted', part: 1 + Math.max(0, ...parts.map(p => p.part)), first: null }
}

/** Whether the event itself is stored, and not only declarations of it. */
export function hasEvent(stored: ReadonlyMap<string, readonly StoredPart[]>, key: string): boolean {
  return stored.get(key)?.some(p => p.part === 0) ?? false
}
