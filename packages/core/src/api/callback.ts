import type { TSchema } from 'typebox'

interface Words {
  zh: string
  en: string
}

/** What an operation has posted to an address that its caller names (OAS 3.1 §4.8.18). */
export interface Callback {
  /** where to: an expression over the request that asked for it (OAS 3.1 §4.8.20.4) */
  to: string
  summary: Words
  /** an object with a member for each header beside Content-Type */
  headers: TSchema
  /** what the body may be: a value of a schema, or a problem as the interfaces of EPCIS answer it */
  bodies: readonly { types: readonly string[]; holds: TSchema | 'problem'; what: Words }[]
  /** what the receiver may answer, as statuses, ranges (`2XX`) or `default`, and what that leads to */
  answers: readonly { statuses: readonly string[]; does: Words; heeds?: Readonly<Record<string, Words>> }[]
}
