import * as api from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { iso } from '../lib/clock.ts'
import { showFork } from '../lib/forks.ts'
import { readBody } from '../lib/http/body.ts'
import { mount } from '../lib/http/mount.ts'
import type { Witness } from './witness.ts'

/** Bytes of a request: a checkpoint with many post-quantum cosignatures reaches 100 kB. */
const BODY = 128 * 1024
const OPEN = { config: { permission: null } }

/** The witness as C2SP tlog-witness serves it. @param over seconds after which an address may come again; 0: now */
export function witnessRoutes(
  app: FastifyInstance,
  witness: Witness,
  { publicUrl, over }: { publicUrl: string; over: (address: string) => number },
): void {
  app.post(api.addWitnessCheckpoint.path, OPEN, async (request, reply) => {
    const seconds = over(request.ip)
    if (seconds > 0) throw new api.Problem('too-many-requests', { retryAfter: seconds })
    const { status, contentType, body } = await witness.add(await readBody(request, BODY))
    return reply.status(status).type(contentType).header('cache-control', 'no-store').send(body)
  })
  app.get<{ Params: { log: string } }>(api.getWitnessCheckpoint.path, OPEN, async (request, reply) => {
    const note = await witness.held(request.params.log)
    if (!note) throw new api.Problem('not-found', { detail: 'No checkpoint of such a log was cosigned here' })
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'public, max-age=1').send(Buffer.from(note))
  })
  mount(app, api.getWitness, async ({ reply }) => {
    reply.header('cache-control', 'no-cache')
    const { keys, logs, forks } = await witness.about()
    const forked = new Set(forks.map(f => f.origin))
    return {
      keys: keys.map(k => ({ ...k, policyLine: `witness ${nickname(k.name)} ${k.key} ${publicUrl}/witness` })),
      logs: logs.map(({ origin, size, root, time }) => ({
        origin,
        size: size === null ? null : String(size),
        root,
        cosigned: time === null ? null : iso(time * 1_000_000),
        forked: forked.has(origin),
      })),
      forks: forks.map(showFork),
    }
  })
}

/** A name within a policy file: the key's own would do, but groups are read more easily with a short one. */
function nickname(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '-')
}
