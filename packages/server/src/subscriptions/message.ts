import { type CbvXmlFormat, epcisException, type Problem, problems } from '@yuanliu/core'
import { untranslatedWarning } from '../events/events.ts'
import type { AnswerForm } from '../lib/http/answer-form.ts'
import { type EpcFormat, GS1_HEADERS } from '../lib/http/gs1-headers.ts'
import { problemXml } from '../lib/http/problem-xml.ts'
import { VERSION } from '../lib/paths.ts'
import { signatureOf } from './post.ts'
import type { SubscriptionRow } from './store.ts'

/** What is posted to a receiver. */
export interface Message {
  body: Buffer
  /** media type */
  type: string
  /** value of `Warning`: what could not be written as asked */
  warning?: string
}

/** What the messages of a subscription are written in. */
export function formOf({ media, format, terms }: Pick<SubscriptionRow, 'media' | 'format' | 'terms'>): AnswerForm {
  return { media, format: format as EpcFormat, terms: terms as CbvXmlFormat }
}

/** A document of events as it is posted; `untranslated` are codes that are left in another notation than was asked for. */
export function eventsMessage(body: Buffer, media: 'json' | 'xml', untranslated: readonly string[]): Message {
  return {
    body,
    type: `application/${media}`,
    ...(untranslated.length && { warning: untranslatedWarning(untranslated) }),
  }
}

/** What a receiver is told when its query cannot be asked any more: the form of an error of this service. */
export function problemMessage(problem: Problem, media: 'json' | 'xml'): Message {
  const { status, zh, en } = problems[problem.kind]
  const { retryAfter, ...details } = problem.details
  const body = { type: epcisException(problem.kind), title: `${zh} ${en}`, status, ...details }
  return media === 'xml'
    ? { body: Buffer.from(problemXml(body)), type: 'application/problem+xml' }
    : { body: Buffer.from(JSON.stringify(body)), type: 'application/problem+json' }
}

/** Headers of a message; signed where the subscriber gave a token. */
export function messageHeaders(
  { body, type, warning }: Message,
  { id, format, media, terms, secret }: Pick<SubscriptionRow, 'id' | 'format' | 'media' | 'terms' | 'secret'>,
  seconds: number,
): Record<string, string> {
  return {
    'content-type': `${type}; charset=utf-8`,
    'user-agent': `yuanliu/${VERSION}`,
    'gs1-epcis-version': GS1_HEADERS['gs1-epcis-version'],
    'gs1-cbv-version': GS1_HEADERS['gs1-cbv-version'],
    'gs1-epc-format': format === 'No_Preference' ? 'Always_GS1_Digital_Link' : format,
    ...(media === 'xml' && { 'gs1-cbv-xml-format': terms === 'No_Preference' ? 'Always_Web_URI' : terms }),
    ...(warning !== undefined && { warning }),
    'yuanliu-subscription': id,
    ...(secret !== null && { 'gs1-signature': signatureOf(body, secret, seconds) }),
  }
}
