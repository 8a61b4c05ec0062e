import { type Context, contextOf } from '@yuanliu/core'
import type { MasterElement } from './master-store.ts'

type Fields = Record<string, unknown>

/**
 * Master data of a document's header, ids as unit keys, names of attributes and of what is in their values in full where a
 * prefix is defined: nothing keeps the document's context. Other members of an element are kept as attributes.
 * @param context the document's `@context`
 */
export function masterDataOf(head: unknown, unitKey: (uri: string) => string, context?: unknown): MasterElement[] {
  const full = contextOf(context)
  const elements: MasterElement[] = []
  for (const list of listsOf(head)) {
    const vocabulary = at(list, 'type')
    for (const member of listAt(list, 'vocabularyElementList')) {
      const id = at(member, 'id')
      if (typeof id !== 'string' || typeof vocabulary !== 'string') continue
      elements.push({
        id: unitKey(id),
        vocabulary,
        attributes: [...attributesOf(member, full), ...extensionsOf(member, full)],
        children: listAt(member, 'children').flatMap(c => (typeof c === 'string' ? [unitKey(c)] : [])),
      })
    }
  }
  return elements
}

/** Whether master data in JSON have members that nothing keeps: beside those of a vocabulary, or of an attribute. */
export function hasLostMembers(head: unknown): boolean {
  return (
    hasMore(at(at(head, 'epcisHeader'), 'epcisMasterData'), ['vocabularyList']) ||
    listsOf(head).some(
      list =>
        hasMore(list, ['type', 'vocabularyElementList']) ||
        listAt(list, 'vocabularyElementList').some(element =>
          listAt(element, 'attributes').some(a => hasMore(a, ['id', 'attribute'])),
        ),
    )
  )
}

function attributesOf(element: unknown, full: Context): MasterElement['attributes'] {
  return listAt(element, 'attributes').flatMap(a => {
    const name = at(a, 'id')
    return typeof name === 'string'
      ? [{ id: full.expand(name) ?? name, attribute: inFull(at(a, 'attribute'), full) }]
      : []
  })
}

const OWN = new Set(['id', 'attributes', 'children'])

function extensionsOf(element: unknown, full: Context): MasterElement['attributes'] {
  return Object.entries((element ?? {}) as Fields)
    .filter(([name]) => !OWN.has(name))
    .map(([name, value]) => ({ id: full.expand(name) ?? name, attribute: inFull(value, full) }))
}

/** A value whose members have full names, in an order of their own, so that the same said in XML and JSON is the same. */
function inFull(value: unknown, full: Context): unknown {
  if (Array.isArray(value)) return value.map(item => inFull(item, full))
  if (value === null || typeof value !== 'object') return value
  const members = new Map<string, unknown[]>()
  for (const [name, member] of Object.entries(value)) {
    const key = name.startsWith('@') ? name : (full.expand(name) ?? name)
    const own = inFull(member, full)
    // Two prefixes may be of one namespace.
    const same = members.get(key)
    if (same) same.push(own)
    else members.set(key, [own])
  }
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([name, values]) => [name, values.length > 1 ? values.flat() : values[0]]))
}

function listsOf(head: unknown): unknown[] {
  return listAt(at(at(head, 'epcisHeader'), 'epcisMasterData'), 'vocabularyList')
}

function listAt(value: unknown, name: string): unknown[] {
  const list = at(value, name)
  return Array.isArray(list) ? list : []
}

function hasMore(value: unknown, known: readonly string[]): boolean {
  return value !== null && typeof value === 'object' && Object.keys(value).some(name => !known.includes(name))
}

function at(value: unknown, name: string): unknown {
  return value && typeof value === 'object' && Object.hasOwn(value, name) ? (value as Fields)[name] : undefined
}
