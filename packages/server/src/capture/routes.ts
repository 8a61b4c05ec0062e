import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { unpackBlock } from '../events/events.ts'
import { iso } from '../lib/clock.ts'
import type { Config } from '../lib/config.ts'
import { acceptedMedia, XML_TYPE } from '../lib/http/accept.ts'
import { documentMedia, documentStream, readDocument } from '../lib/http/body.ts'
import { gs1Headers } from '../lib/http/gs1-headers.ts'
import { LIMITS } from '../lib/http/limits.ts'
import { listPage, onlyParameters } from '../lib/http/list-page.ts'
import { type Actor, mount } from '../lib/http/mount.ts'
import { DISCOVERY } from '../lib/http/negotiate.ts'
import { decodeToken, encodeToken, type ListPages, nextLink } from '../lib/http/page-token.ts'
import { isUuid } from '../lib/uuid.ts'
import { eventReading } from '../lib/xml/stored-context.ts'
import type { Offered } from '../signing/signing.ts'
import type { Capture } from './capture.ts'
import { type Behaviour, type ConflictOut, listCaptures, listConflicts } from './job-store.ts'
import { jobXml } from './job-xml.ts'
import { presentJobs } from './present-jobs.ts'
import { captureOf, QUARANTINED, receiptsOf } from './receipts.ts'

/** EPCIS capture (EPCIS 2.0 §12.6), receipts and conflicts. */
export function captureRoutes(app: FastifyInstance, capture: Capture, config: Config, pages: ListPages): void {
  const { room } = capture
  const limits = {
    'gs1-epcis-capture-limit': String(config.captureMaxEvents),
    'gs1-epcis-capture-file-size-limit': String(config.captureMaxBytes),
  }

  app.post('/epcis/capture', { config: { permission: 'capture' } }, async (request, reply) => {
    gs1Headers(reply).headers(limits)
    const media = documentMedia(request)
    const behaviour = errorBehaviour(request)
    const actor = request.actor as Actor
    const offered = await signatures(request)
    const taken = await capture.document(documentStream(request, media), actor, { behaviour, media, offered })
    await warnOfQuarantine(reply, actor)
    await waitForLog(request, reply, ms => (taken.running ? capture.applied(taken.id, ms) : taken.position))
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

  app.get('/epcis/capture', { config: { permission: 'capture' } }, async (request, reply) => {
    const actor = request.actor as Actor
    const { limit, token } = listPage(request)
    const after = await pages.place('capture', token, isPlace)
    const own = actor.permissions.has('admin') ? null : actor.organisation
    const rows = await listCaptures(room.db, own, after, limit + 1)
    const last = rows[limit - 1]
    if (rows.length > limit && last) pages.lead(reply, request.url, 'capture', { created: last.created, id: last.id })
    gs1Headers(reply)
    return presentJobs(room.db, rows.slice(0, limit), config.publicUrl)
  })

  mount(app, api.getCapture, async ({ params, actor, request, reply }) => {
    gs1Headers(reply)
    const media = acceptedMedia(request)
    onlyParameters(request)
    const found = await captureOf(room, params.id, actor)
    const [job] = (await presentJobs(room.db, [found], config.publicUrl)) as [api.CaptureJob]
    reply.header('vary', 'Authorization, Accept')
    return media === 'xml' ? reply.type(XML_TYPE).send(jobXml(job)) : job
  })

  app.post('/epcis/events', { config: { permission: 'capture' } }, async (request, reply) => {
    gs1Headers(reply).headers(limits)
    const limit = Math.min(LIMITS.eventBytes, config.captureMaxBytes)
    const actor = request.actor as Actor
    const media = documentMedia(request)
    const { id, position } = await capture.single(
      () => readDocument(request, media, limit),
      media,
      actor,
      await signatures(request),
    )
    await warnOfQuarantine(reply, actor)
    await waitForLog(request, reply, () => position)
    return reply
      .status(201)
      .header('location', `${config.publicUrl}/epcis/events/${encodeURIComponent(id)}`)
      .send()
  })

  /** Notes of the request; nothing is looked for where there is no such header. */
  async function signatures(request: FastifyRequest): Promise<Offered[]> {
    const header = request.headers['yuanliu-signature']
    return header === undefined ? NONE : room.signing.offered(header)
  }

  /**
   * `Prefer: wait` (RFC 7240 §4.3): answers when a checkpoint covers what was taken, or after so many seconds.
   * @param taken the position behind it; of a large document, once it is applied, for which it may take so many milliseconds
   */
  async function waitForLog(
    request: FastifyRequest,
    reply: FastifyReply,
    taken: (ms: number) => Promise<number | null> | number | null,
  ): Promise<void> {
    const seconds = waitSeconds(request)
    if (seconds === null) return
    const until = performance.now() + seconds * 1_000
    const left = () => Math.max(0, until - performance.now())
    const position = await taken(left())
    if (position !== null && (await capture.covered(position, left()))) reply.header('preference-applied', 'wait')
  }

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
        event: conflictingEvent(r),
      })),
      next: last ? encodeToken({ recorded: last.recorded, capture: last.capture, ordinal: last.ordinal }) : null,
    }
  })
}

const NONE: Offered[] = []

/** The other content of a conflict, as JSON has it. */
function conflictingEvent({ body, slot, context }: ConflictOut): unknown {
  const bytes = unpackBlock(body)[slot]?.bytes
  return bytes ? eventReading(context).value(bytes) : null
}

/** RFC 7234 §5.5, code 199: a warning of its own kind. Headers are ASCII; the receipt says it in Chinese, too. */
const QUARANTINE_WARNING = `199 - "quarantined: ${QUARANTINED.en}"`

/** Longest wait for the log; a process that leads is there within a moment. */
const WAIT_SECONDS = 20

/** Seconds of a preference `wait` or `wait=N`; null where there is none. */
function waitSeconds(request: FastifyRequest): number | null {
  const preference = /(?:^|,)\s*wait(?:\s*=\s*"?(\d{1,6})"?)?\s*(?=[,;]|$)/i.exec(String(request.headers.prefer ?? ''))
  return preference && Math.min(Number(preference[1] ?? WAIT_SECONDS), WAIT_SECONDS)
}

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
  return Number.isSafeInteger(v?.created) && typeof v?.id === 'string' && isUuid(v.id)
}

function isConflictPlace(value: unknown): value is { recorded: number; capture: string; ordinal: number } {
  const v = value as { recorded?: unknown; capture?: unknown; ordinal?: unknown } | null
  return (
    Number.isSafeInteger(v?.recorded) && isOrdinal(v?.ordinal) && typeof v?.capture === 'string' && isUuid(v.capture)
  )
}

/** What fits the column. */
function isOrdinal(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31
}
