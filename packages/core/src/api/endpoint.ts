import type { Static, TSchema } from 'typebox'
import type { Permission } from '../permission.ts'
import type { Callback } from './callback.ts'

/**
 * One declaration per operation: the route, what it takes and gives, and the permission it needs.
 * The server mounts it, the client calls it, the API description is made from it.
 */
export interface Endpoint<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  id: string
  method: 'GET' | 'POST' | 'DELETE'
  /** path with `:name` places */
  path: string
  /** null: no key needed; a list: any one of them, and the operation says for what */
  permission: Permission | readonly Permission[] | null
  summary: { zh: string; en: string }
  params?: P
  query?: Q
  body?: B
  reply?: R
  /** request headers that it reads beside the usual ones, for its description */
  headers?: TSchema
  /** status of success; 200 if absent */
  status?: 200 | 201 | 202 | 204 | 303
  /** media types of the answer, the usual one first; JSON if absent */
  produces?: readonly string[]
  /** media types of the body, the usual one first; JSON if absent */
  accepts?: readonly string[]
  /** headers of the answer that a caller needs, and what they say */
  answers?: Readonly<Record<string, string>>
  /** statuses of problems that follow from what it does; those of keys, input and bodies are known (`asBound`) */
  refuses?: readonly number[]
  /** what it tells over a WebSocket where one is asked for */
  upgrades?: { zh: string; en: string }
  /** what it has posted to an address that the caller names */
  callbacks?: Readonly<Record<string, Callback>>
}

/** Whether a path is this one or below it. */
export function isUnder(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`)
}

/** Declares an operation; the identity function that keeps the types of its schemas. */
export function endpoint<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema>(
  declaration: Endpoint<P, Q, B, R>,
): Endpoint<P, Q, B, R> {
  return declaration
}

/** What a handler of the endpoint receives. */
export type Input<E> =
  E extends Endpoint<infer P, infer Q, infer B, TSchema>
    ? { params: Static<P>; query: Static<Q>; body: Static<B> }
    : never
/** What it answers. */
export type Reply<E> = E extends Endpoint<TSchema, TSchema, TSchema, infer R> ? Static<R> : never
