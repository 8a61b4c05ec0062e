import Type from 'typebox'
import { LdContext } from './part.ts'
import { extensible } from './rule.ts'
import { oneOf, Text, Time, Uri, Uris, Version } from './value.ts'

/** Events are checked one by one, so here only that there is a list. */
const EventList = Type.Array(Type.Unknown())

const VocabularyElement = Type.Object({
  id: Uri,
  attributes: Type.Optional(
    Type.Array(
      Type.Object({
        id: Uri,
        attribute: Type.Optional(Type.Union([Type.Number(), Type.String(), Type.Object({})])),
      }),
    ),
  ),
  children: Type.Optional(Uris),
})

/** Master data, EPCIS 2.0 §9.1: any number of vocabularies of elements with attributes */
const VocabularyList = Type.Array(
  Type.Object({ type: Uri, vocabularyElementList: Type.Optional(Type.Array(VocabularyElement)) }),
)

const EpcisHeader = extensible({
  epcisMasterData: Type.Optional(Type.Object({ vocabularyList: Type.Optional(VocabularyList) })),
})

/** EPCISDocument without its events, EPCIS 2.0 §9.3 */
export const EpcisDocumentHead = extensible({
  '@context': LdContext,
  id: Type.Optional(Uri),
  type: oneOf(['EPCISDocument']),
  schemaVersion: Version,
  creationDate: Time,
  instanceIdentifier: Type.Optional(Text),
  sender: Type.Optional(Text),
  receiver: Type.Optional(Text),
  epcisHeader: Type.Optional(EpcisHeader),
  epcisBody: Type.Object({ eventList: EventList }),
})

const ResultsBody = extensible({ eventList: EventList, vocabularyList: Type.Optional(VocabularyList) })

const QueryResults = extensible({
  queryName: Text,
  subscriptionID: Type.Optional(Text),
  resultsBody: ResultsBody,
})

/** EPCISQueryDocument without its events, EPCIS 2.0 §9.3 */
export const EpcisQueryDocumentHead = extensible({
  '@context': LdContext,
  id: Type.Optional(Uri),
  type: oneOf(['EPCISQueryDocument']),
  schemaVersion: Type.Optional(Version),
  creationDate: Type.Optional(Time),
  epcisBody: extensible({ queryResults: QueryResults }),
})

export const DOCUMENT_HEADS = {
  EPCISDocument: EpcisDocumentHead,
  EPCISQueryDocument: EpcisQueryDocumentHead,
} as const
export type DocumentType = keyof typeof DOCUMENT_HEADS
