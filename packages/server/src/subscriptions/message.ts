import { epcisException, type Problem, problems } from '@yuanliu/core'
import { GS1_HEADERS } from '../lib/http/gs1-headers.ts'
import { VERSION } from '../lib/paths.ts'
import { signatureOf } from './post.ts'
import type { SubscriptionRow } from './store.ts'

/** What is posted to a receiver. */
export interface Message {
  body: Buffer
  /** media type */
  type: string
}

/** What a receiver is told when its query cannot be asked any more: the form of an error of this service. */
export function problemMessage(problem: Problem): Message {
  const { status, zh, en } = problems[problem.kind]
  const { retryAfter, ...details } = problem.details
  const body = { type: epcisException(problem.kind), title: `${zh} ${en}`, status, ...details }
  return { body: Buffer.from(JSON.stringify(body)), type: 'application/problem+json' }
}

/** Headers of a message; signed where the subscriber gave a token. */
export function messageHeaders(
  { body, type }: Message,
  { id, format, secret }: Pick<SubscriptionRow, 'id' | 'format' | 'secret'>,
  seconds: number,
): Record<string, string> {
  return {
    'content-type': `${type}; charset=utf-8`,
    'user-agent': `yuanliu/${VERSION}`,
    'gs1-epcis-version': GS1_HEADERS['gs1-epcis-version'],
    'gs1-cbv-version': GS1_HEADERS['gs1-cbv-version'],
    'gs1-epc-format': format === 'No_Preference' ? 'Always_GS1_Digital_Link' : format,
    'yuanliu-subscription': id,
    ...(secret !== null && { 'gs1-signature': signatureOf(body, secret, seconds) }),
  }
}
