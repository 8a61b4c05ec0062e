import type { FastifyInstance, FastifyReply } from 'fastify'
import { gs1Headers } from './gs1-headers.ts'
import { DISCOVERY } from './negotiate.ts'

/** What an OPTIONS request is told (EPCIS 2.0 §12.8): the methods that an address takes, versions, formats, extensions. */
export function discover(reply: FastifyReply, allow: string): FastifyReply {
  return gs1Headers(reply)
    .headers({ ...DISCOVERY, allow })
    .status(204)
}

/** Answers OPTIONS on addresses that say the same to everybody. */
export function discoverable(app: FastifyInstance, paths: Readonly<Record<string, string>>): void {
  for (const [path, allow] of Object.entries(paths))
    app.options(path, { config: { permission: null } }, async (_request, reply) => discover(reply, allow).send())
}
