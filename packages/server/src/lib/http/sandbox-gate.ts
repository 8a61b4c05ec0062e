import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from './mount.ts'

/** Where a request goes whose key is one of a sandbox. */
export interface SandboxGate {
  /** Whether it is such a key: by its beginning, so that other requests pay nothing for it. */
  asks(authorization: string | undefined): boolean
  /** Who calls, of the organisations outside. Throws 401. */
  authenticate(authorization: string | undefined): Promise<Actor>
  /**
   * The platform on the organisation's sandbox.
   * @param writes whether the request adds to what it holds
   * @throws 401 where it has been closed, 413 where it is full, 503 where too many are open
   */
  enter(actor: Actor, authorization: string, writes: boolean): Promise<Entered>
}

export interface Entered {
  routing(request: IncomingMessage, response: ServerResponse): void
  /** Called once, when the request is over. */
  left(): void
}

/** Permissions of operations that add to what a sandbox holds. */
const WRITING = new Set<unknown>(['capture', 'link:write', 'code:issue'])

/** Hands a request over to the sandbox of its key; nothing of this app answers it any more. Throws as `enter` does. */
export async function handOver(
  gate: SandboxGate,
  request: FastifyRequest,
  reply: FastifyReply,
  actor: Actor,
): Promise<void> {
  const writes = request.method === 'POST' && WRITING.has(request.routeOptions.config.permission)
  const { routing, left } = await gate.enter(actor, request.headers.authorization ?? '', writes)
  const { raw } = request
  let isOver = false
  const over = () => {
    if (isOver) return
    isOver = true
    left()
  }
  // A connection that becomes a WebSocket leaves its response behind: from then on the socket itself counts.
  if (raw.headers.upgrade === undefined) reply.raw.once('close', over)
  else raw.socket.once('close', over)
  if (raw.socket.destroyed) over()
  reply.hijack()
  routing(raw, reply.raw)
}
