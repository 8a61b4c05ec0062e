import { contextOf } from '@yuanliu/core'
import type { MasterElement } from './master-store.ts'

/**
 * Master data of a document's header, ids as unit keys, names of attributes in full where a prefix is defined.
 * @param context the document's `@context`
 */
export function masterDataOf(head: unknown, unitKey: (uri: string) => string, context?: unknown): MasterElement[] {
  const lists = at(at(at(head, 'epcisHeader'), 'epcisMasterData'), 'vocabularyList')
  const { expand } = contextOf(context)
  const elements: MasterElement[] = []
  for (const list of Array.isArray(lists) ? lists : []) {
    const vocabulary = at(list, 'type')
    const members = at(list, 'vocabularyElementList')
    for (const member of Array.isArray(members) ? members : []) {
      const id = at(member, 'id')
      const attributes = at(member, 'attributes')
      const children = at(member, 'children')
      if (typeof id !== 'string' || typeof vocabulary !== 'string') continue
      elements.push({
        id: unitKey(id),
        vocabulary,
        attributes: (Array.isArray(attributes) ? attributes : []).flatMap(a => {
          const name = at(a, 'id')
          return typeof name === 'string' ? [{ id: expand(name) ?? name, attribute: at(a, 'attribute') }] : []
        }),
        children: (Array.isArray(children) ? children : []).flatMap(c => (typeof c === 'string' ? [unitKey(c)] : [])),
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
