import Type, { type TSchema } from 'typebox'
import { type Endpoint, isUnder } from './endpoint.ts'

/** What the REST binding of EPCIS 2.0 (§12.8) has beside routes and bodies: one row per concern, for all operations at once. */
interface Concern {
  of(operation: Endpoint): boolean
  /** request headers that are read */
  headers?: Readonly<Record<string, TSchema>>
  /** headers of the answer */
  answers?: Readonly<Record<string, string>>
  /** statuses of problems that it can give */
  refuses?: readonly number[]
}

const XML = ['application/xml', 'text/xml'] as const
/** Bodies of captures, the usual type first. */
export const DOCUMENT_TYPES = ['application/json', 'application/ld+json', ...XML] as const
/** Answers in either binding. */
export const EITHER_BINDING = ['application/json', 'application/xml'] as const

const says = (description: string) => Type.Optional(Type.String({ description }))

/** Headers of every success under /epcis. */
const ALWAYS = {
  'GS1-EPCIS-Version': 'version of EPCIS of the answer',
  'GS1-CBV-Version': 'version of the CBV of the answer',
  'GS1-EPCIS-Min': 'lowest version of EPCIS offered',
  'GS1-EPCIS-Max': 'highest version of EPCIS offered',
  'GS1-CBV-Min': 'lowest version of the CBV offered',
  'GS1-CBV-Max': 'highest version of the CBV offered',
  'GS1-Extensions': 'prefixes of extensions that are known',
}
/** Their names; other headers are there when there is something to say. */
export const ALWAYS_ANSWERED: ReadonlySet<string> = new Set(Object.keys(ALWAYS))

/** Headers of captures, also of those that are too large. */
export const CAPTURE_LIMITS = {
  'GS1-EPCIS-Capture-Limit': 'events that one request may hold',
  'GS1-EPCIS-Capture-File-Size-Limit': 'bytes that one request may hold',
}

const FORMAT = {
  'GS1-EPC-Format': Type.Optional(
    Type.Enum(['No_Preference', 'Always_GS1_Digital_Link', 'Always_EPC_URN', 'Never_Translates'], {
      description: 'notation of codes; Always_GS1_Digital_Link if absent',
    }),
  ),
}
const TERMS = {
  'GS1-CBV-XML-Format': Type.Optional(
    Type.Enum(['No_Preference', 'Always_Web_URI', 'Always_URN', 'Never_Translates'], {
      description: 'how standard terms are written in XML',
    }),
  ),
}

const isCapture = ({ id }: Endpoint) => id === 'captureDocument' || id === 'captureEvent'
const givesEvents = ({ method, path }: Endpoint) => method === 'GET' && /\/events(\/:id)?$/.test(path)
const givesKeys = ({ path }: Endpoint) => /\/(epcs|bizLocations|readPoints)$/.test(path)
const lists = ({ method, query }: Endpoint) => method === 'GET' && 'nextPageToken' in membersOf(query)

const CONCERNS: readonly Concern[] = [
  {
    of: () => true,
    headers: {
      'GS1-EPCIS-Min': says('lowest version of EPCIS that the client takes; else 406'),
      'GS1-EPCIS-Max': says('highest version of EPCIS that the client takes; else 406'),
      'GS1-CBV-Min': says('lowest version of the CBV that the client takes; else 406'),
      'GS1-CBV-Max': says('highest version of the CBV that the client takes; else 406'),
      'GS1-Extensions': says('prefix=namespace, …: for names of extension fields'),
    },
    answers: ALWAYS,
    refuses: [406, 414, 500],
  },
  {
    of: ({ body }) => body !== undefined,
    headers: {
      'GS1-EPCIS-Version': says('version of EPCIS of the body'),
      'GS1-CBV-Version': says('version of the CBV of the body'),
    },
  },
  { of: isCapture, answers: CAPTURE_LIMITS },
  {
    of: givesEvents,
    headers: { ...FORMAT, ...TERMS },
    refuses: [413],
    answers: {
      'GS1-EPC-Format': 'notation of the codes',
      'GS1-CBV-XML-Format': 'in XML: how standard terms are written',
      Warning: 'codes that could not be given in the notation asked for',
    },
  },
  { of: givesKeys, headers: FORMAT, answers: { 'GS1-EPC-Format': 'notation of the codes' } },
  { of: ({ id }) => id === 'createSubscription', headers: { ...FORMAT, ...TERMS } },
  {
    of: lists,
    answers: {
      Link: 'rel="next": address of the next page; absent on the last',
      'GS1-Next-Page-Token-Expires': 'until when that address is good, where it is not good for ever',
    },
  },
]

function membersOf(schema: unknown): Record<string, TSchema> {
  return ((schema ?? {}) as { properties?: Record<string, TSchema> }).properties ?? {}
}

/** The operation with everything that the binding has for it beside what it declares itself. */
export function asBound(operation: Endpoint): Endpoint {
  const { params, query, body, headers, permission } = operation
  const concerns = isUnder('/epcis', operation.path) ? CONCERNS.filter(({ of }) => of(operation)) : []
  const heard: Record<string, TSchema> = Object.assign({}, ...concerns.map(c => c.headers), membersOf(headers))
  const told: Record<string, string> = Object.assign({}, ...concerns.map(c => c.answers), operation.answers)
  const refuses = new Set([
    ...(operation.refuses ?? []),
    ...concerns.flatMap(c => c.refuses ?? []),
    ...(params || query || body || Object.keys(heard).length ? [400] : []),
    ...(permission === null ? [] : [401, 403]),
    ...(params ? [404] : []),
    ...(body ? [413, 415] : []),
  ])
  return {
    ...operation,
    ...(Object.keys(heard).length > 0 && { headers: Type.Object(heard) }),
    answers: told,
    refuses: [...refuses].sort((a, b) => a - b),
  }
}

/** What `OPTIONS` of an address under /epcis answers, EPCIS 2.0 §12.8. @param operations those of the address */
export function discoveryAnswers(operations: readonly Endpoint[]): Readonly<Record<string, string>> {
  return {
    Allow: 'methods of the address',
    ...ALWAYS,
    'GS1-EPC-Format': 'notations of codes that may be asked for',
    'GS1-CBV-XML-Format': 'how standard terms may be asked for in XML',
    'GS1-Vendor-Version': 'this program and its version',
    ...(operations.some(({ id }) => id === 'captureDocument') && {
      ...CAPTURE_LIMITS,
      'GS1-Capture-Error-Behaviour': 'what may be asked for when capturing',
    }),
    ...(operations.some(({ id }) => id === 'getSubscription') && {
      'GS1-Query-Min-Record-Time': 'no event recorded before this is still to be sent',
    }),
  }
}
