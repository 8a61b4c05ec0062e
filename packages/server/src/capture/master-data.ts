import type { MasterElement } from './master-store.ts'

/** Master data of a document's header, ids as unit keys. */
export function masterDataOf(head: unknown, unitKey: (uri: string) => string): MasterElement[] {
  const lists = at(at(at(head, 'epcisHeader'), 'epcisMasterData'), 'vocabularyList')
  const elements: MasterElement[] = []
  for (const list of Array.isArray(lists) ? lists : []) {
    const vocabulary = at(list, 'type')
    const members = at(list, 'vocabularyElementList')
    for (const member of Array.isArray(members) ? members : []) {
      const id = at(member, 'id')
      const attributes = at(member, 'attributes')
      if (typeof id !== 'string' || typeof vocabulary !== 'string') continue
      elements.push({
        id: unitKey(id),
        vocabulary,
        attributes: (Array.isArray(attributes) ? attributes : []).flatMap(a => {
          const name = at(a, 'id')
          return typeof name === 'string' ? [{ id: name, attribute: at(a, 'attribute') }] : []
        }),
      })
    }
  }
  return elements
}

function at(value: unknown, name: string): unknown {
  return value && typeof value === 'object' && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
