import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { iso } from '../lib/clock.ts'
import type { Config } from '../lib/config.ts'
import { bodyStream, readJson, requireJson } from '../lib/http/body.ts'
import { gs1Headers } from '../lib/http/gs1-headers.ts'
import { LIMITS } from '../lib/http/limits.ts'
import { type Actor, mount } from '../lib/http/mount.ts'
import { DISCOVERY } from '../lib/http/negotiate.ts'
import { decodeToken, encodeToken, nextLink } from '../lib/http/page-token.ts'
import { unpackBlock } from './block.ts'
import type { Capture } from './capture.ts'
import { type Behaviour, listCaptures, listConflicts } from './job-store.ts'
import { captureOf, presentJob, QUARANTINED, receiptsOf } from './receipts.ts'

/** EPCIS capture (EPCIS 2.0 §12.6), receipts and conflicts. */
export function captureRoutes(app: FastifyInstance, capture: Capture, config: Config): void {
  const { room } = capture
  const limits = {
    'gs1-epcis-capture-limit': String(config.captureMaxEvents),
    'gs1-epcis-capture-file-size-limit': String(config.captureMaxBytes),
  }

  app.post('/epcis/capture', { config: { permission: 'capture' } }, async (request, reply) => {
    gs1Headers(reply).headers(limits)
    requireJson(request)
    const behaviour = errorBehaviour(request)
    const actor = request.actor as Actor
    const taken = await capture.document(bodyStream(request), actor, behaviour)
    await warnOfQuarantine(reply, actor)
    return reply
      .status(202)
      .header('location', `${config.publicUrl}/epcis/capture/${taken.id}`)
      .header('gs1-capture-error-behaviour', behaviour)
      .send()
  })

  app.options('/epcis/capture', { config: { permission: null } }, async (_request, reply) =>
    gs1Headers(reply)
      .headers({ ...DISCOVERY, ...limits, allow: 'GET, HEAD, OPTIONS, POST', 'gs1-capture-error-behaviour': 'all' })
      .status(204)
      .send(),
  )

  app.get<{ Querystring: { perPage?: string; nextPageToken?: string } }>(
    '/epcis/capture',
    { config: { permission: 'capture' } },
    async (request, reply) => {
      const actor = request.actor as Actor
      const limit = Math.min(Math.max(1, Number(request.query.perPage ?? 30) || 30), LIMITS.perPage)
      const after = request.query.nextPageToken ? decodeToken(request.query.nextPageToken, isPlace) : null
      const own = actor.permissions.has('admin') ? null : actor.organisation
      const rows = await listCaptures(room.db, own, after, limit + 1)
      const last = rows[limit - 1]
      if (rows.length > limit && last) {
        const token = encodeToken({ created: last.created, id: last.id })
        reply.header('link', nextLink(config.publicUrl, request.url, 'nextPageToken', token))
      }
      gs1Headers(reply)
      return rows.slice(0, limit).map(presentJob)
    },
  )

  mount(app, api.getCapture, async ({ params, actor, reply }) => {
    gs1Headers(reply)
    return presentJob(await captureOf(room, params.id, actor))
  })

  app.post('/epcis/events', { config: { permission: 'capture' } }, async (request, reply) => {
    gs1Headers(reply).headers(limits)
    const limit = Math.min(LIMITS.eventBytes, config.captureMaxBytes)
    const actor = request.actor as Actor
    const id = await capture.single(() => readJson(request, limit), actor)
    await warnOfQuarantine(reply, actor)
    return reply
      .status(201)
      .header('location', `${config.publicUrl}/epcis/events/${encodeURIComponent(id)}`)
      .send()
  })

  async function warnOfQuarantine(reply: FastifyReply, actor: Actor): Promise<void> {
    if (await room.parties.isQuarantined(actor.organisation)) reply.header('warning', QUARANTINE_WARNING)
  }

  mount(app, api.listReceipts, async ({ params, query, actor, request, reply }) => {
    const from = query.from ?? 0
    const limit = query.limit ?? 1_000
    const job = await captureOf(room, params.id, actor)
    const receipts = await receiptsOf(room, job, from, limit)
    if (from + limit < job.events) {
      reply.header('link', nextLink(config.publicUrl, request.url, 'from', String(from + limit)))
    }
    return reply.type('application/x-ndjson; charset=utf-8').send(receipts.map(r => `${JSON.stringify(r)}\n`).join(''))
  })

  mount(app, api.listConflicts, async ({ query, actor }) => {
    const limit = query.limit ?? 100
    const after = query.after ? decodeToken(query.after, isConflictPlace) : null
    const own = actor.permissions.has('admin') ? null : actor.organisation
    const rows = await listConflicts(room.db, own, after, limit + 1)
    const last = rows.length > limit ? rows[limit - 1] : undefined
    return {
      conflicts: rows.slice(0, limit).map(r => ({
        eventID: r.event_id,
        recorded: iso(r.recorded),
        capture: r.capture,
        ordinal: r.ordinal,
        reporter: r.reporter,
        firstReporter: r.first_reporter,
        event: JSON.parse(unpackBlock(r.body)[r.slot]?.bytes.toString('utf8') ?? 'null') as unknown,
      })),
      next: last ? encodeToken({ recorded: last.recorded, capture: last.capture, ordinal: last.ordinal }) : null,
    }
  })
}

/** RFC 7234 §5.5, code 199: a warning of its own kind. Headers are ASCII; the receipt says it in Chinese, too. */
const QUARANTINE_WARNING = `199 - "quarantined: ${QUARANTINED.en}"`

function errorBehaviour(request: FastifyRequest): Behaviour {
  const given = request.headers['gs1-capture-error-behaviour']
  if (given === undefined || given === 'rollback') return 'rollback'
  if (given === 'proceed') return 'proceed'
  throw new api.Problem('invalid-input', {
    errors: [{ pointer: '/headers/GS1-Capture-Error-Behaviour', message: 'rollback or proceed is expected' }],
  })
}

function isPlace(value: unknown): value is { created: number; id: string } {
  const v = value as { created?: unknown; id?: unknown } | null
  return Number.isSafeInteger(v?.created) && typeof v?.id === 'string' && UUID.test(v.id)
}

function isConflictPlace(value: unknown): value is { recorded: number; capture: string; ordinal: number } {
  const v = value as { recorded?: unknown; capture?: unknown; ordinal?: unknown } | null
  return (
    Number.isSafeInteger(v?.recorded) && isOrdinal(v?.ordinal) && typeof v?.capture === 'string' && UUID.test(v.capture)
  )
}

/** What fits the column. */
function isOrdinal(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/
