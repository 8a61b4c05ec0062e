import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

const element = {
  id: Type.String({ description: 'canonical URI of what it describes' }),
  attributes: Type.Array(Type.Object({ id: Type.String(), attribute: Type.Unknown() })),
  children: Type.Array(Type.String(), { description: 'elements directly below it' }),
  recorded: Type.String({ description: 'when this version came, ISO 8601' }),
  reporter: Type.String({ description: 'party: code of the organisation that described it' }),
}
/** A vocabulary element in force (EPCIS 2.0 §6.5). */
export const VocabularyElement = Type.Object(element)
export type VocabularyElement = Static<typeof VocabularyElement>

/** An element at an instant, with every version up to then. */
export const VocabularyVersion = Type.Object({
  ...element,
  type: Type.String({ description: 'URI of the vocabulary' }),
  versions: Type.Array(
    Type.Object({
      ...element,
      inForce: Type.Boolean({ description: 'by the organisation that described it first; others are kept aside' }),
    }),
    { description: 'oldest first' },
  ),
})
export type VocabularyVersion = Static<typeof VocabularyVersion>

const Paging = Type.Object(
  {
    perPage: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    nextPageToken: Type.Optional(Type.String({ maxLength: 4_000 })),
  },
  { additionalProperties: false },
)

export const listVocabularies = endpoint({
  id: 'listVocabularies',
  method: 'GET',
  path: '/api/vocabularies',
  permission: 'read',
  summary: { zh: '主数据词汇表清单', en: 'Vocabularies of master data, with the number of their elements' },
  query: Paging,
  reply: Type.Object({ vocabularies: Type.Array(Type.Object({ type: Type.String(), elements: Type.Integer() })) }),
})

export const listVocabularyElements = endpoint({
  id: 'listVocabularyElements',
  method: 'GET',
  path: '/api/vocabularies/:type',
  permission: 'read',
  summary: { zh: '一个词汇表中的条目', en: 'Elements of a vocabulary, as they are in force' },
  params: Type.Object({ type: Type.String() }),
  query: Paging,
  reply: Type.Object({ type: Type.String(), elements: Type.Array(VocabularyElement) }),
})

export const getVocabularyElement = endpoint({
  id: 'getVocabularyElement',
  method: 'GET',
  path: '/api/vocabularies/:type/:id',
  permission: 'read',
  summary: {
    zh: '一个条目及其各版本；at 给出过去某一时刻',
    en: 'An element with its versions; `at` asks for a past instant',
  },
  params: Type.Object({ type: Type.String(), id: Type.String() }),
  query: Type.Object({ at: Type.Optional(Type.String()) }, { additionalProperties: false }),
  reply: VocabularyVersion,
})
