import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { countForks, readForks, showFork } from '../lib/forks.ts'
import { mount } from '../lib/http/mount.ts'
import { anchorsOf } from './anchor/shown.ts'
import { metCheckpoint, withCosignatures, witnessesOf } from './cosign/cosigned.ts'
import type { Log } from './log.ts'
import { type LogPage, logPage, PAGE_POLICY } from './page.ts'
import { policyText, urlOf, verifierKeyOf } from './policy-text.ts'
import { isImplied, openingOf, proofOf, suiteNamed } from './proof.ts'
import { readerRoutes } from './reader-routes.ts'
import { statementAt } from './statement-proof.ts'
import type { LogSuite } from './suites.ts'
import { bundleAt, tileAt } from './tiles.ts'

/** The log as C2SP tlog-tiles serves it, a prefix for each suite, and proofs of single events. */
export function logRoutes(app: FastifyInstance, log: Log): void {
  for (const suite of log.suites) {
    const open = { config: { permission: null } }
    app.get(`${suite.prefix}/checkpoint`, open, async (_request, reply) => {
      const shown = log.published(suite.id)
      if (!shown) throw notYet(suite)
      return reply
        .type('text/plain; charset=utf-8')
        .header('cache-control', 'public, max-age=1')
        .send(Buffer.from(await withCosignatures(log, suite, shown)))
    })
    app.get(`${suite.prefix}/checkpoint/cosigned`, open, async (_request, reply) => {
      const met = await metCheckpoint(log, suite)
      if (!met) throw new api.Problem('not-found', { detail: `${suite.prefix}: no checkpoint has enough cosignatures` })
      return reply
        .type('text/plain; charset=utf-8')
        .header('cache-control', 'public, max-age=1')
        .send(Buffer.from(met.note))
    })
    app.get<{ Params: { '*': string } }>(`${suite.prefix}/tile/*`, open, async (request, reply) =>
      sendTile(log, suite, tileNamed(request.params['*']), reply),
    )
    app.get(`${suite.prefix}/policy`, open, async (_request, reply) => {
      const policy = await policyText(log, suite)
      if (!policy) throw notYet(suite)
      return reply.type('text/plain; charset=utf-8').send(policy)
    })
  }

  readerRoutes(app, log)
  mount(app, api.getLog, async () => {
    const logs: api.LogOf[] = []
    for (const suite of log.suites) {
      const key = await verifierKeyOf(log, suite.id)
      const shown = log.published(suite.id)
      if (key && shown)
        logs.push({ suite: suite.id, origin: shown.origin, key, url: urlOf(log, suite), size: shown.size })
    }
    return { logs }
  })

  mount(app, api.getLogWitnesses, async ({ reply }) => {
    reply.header('cache-control', 'no-cache')
    const logs: api.LogWitnesses[] = []
    for (const suite of log.suites) logs.push(await witnessesOf(log, suite))
    return { logs, forks: (await readForks(log.parts.db, 2)).map(showFork) }
  })
  app.get('/log', { config: { permission: null } }, async (_request, reply) => {
    const logs: LogPage['logs'] = []
    for (const suite of log.suites) {
      const [key, shown] = [await verifierKeyOf(log, suite.id), log.published(suite.id)]
      if (!key || !shown) continue
      const anchors = await anchorsOf(log, suite, { perPage: 10 })
      const root = Buffer.from(shown.root).toString('base64')
      const next = log.nextKey(suite.id) ?? null
      const { origin } = shown
      logs.push({ ...(await witnessesOf(log, suite)), origin, key, next, root, prefix: suite.prefix, anchors })
    }
    const contradicted = logs.some(l => l.witnesses.some(w => w.alarm)) || (await countForks(log.parts.db, 2)) > 0
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', PAGE_POLICY)
      .header('cache-control', 'no-cache')
      .send(logPage({ logs, contradicted }, new URL(log.parts.config.publicUrl).pathname.replace(/\/$/, '')))
  })
  mount(app, api.getLogAnchors, async ({ query, reply }) => {
    reply.header('cache-control', 'no-cache')
    const anchors: api.LogAnchor[] = []
    for (const suite of query.suite ? [suiteNamed(log, query.suite)] : log.suites)
      anchors.push(...(await anchorsOf(log, suite, query)))
    return { adapter: log.anchoring.adapter?.id ?? null, anchors }
  })
  mount(app, api.getRetiredLogs, async ({ reply }) => {
    reply.header('cache-control', 'no-cache')
    return { retired: await log.retired() }
  })

  mount(app, api.deleteEventContent, async ({ params, body, actor }) => {
    const { reason, ground, part = 0 } = body
    const index = await log.deleteContent({
      event: params.id,
      part,
      reason,
      statement: {
        ground,
        by: { organisation: actor.organisationCode, key: actor.keyId },
        at: new Date().toISOString(),
      },
      organisation: { id: actor.organisation, code: actor.organisationCode },
    })
    return { event: params.id, part, index }
  })

  mount(app, api.getLogProof, async ({ query, request, reply }) =>
    reply
      .type('text/plain; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(Buffer.from(await proofOf(log, query as Parameters<typeof proofOf>[1], request.actor))),
  )
  mount(app, api.getLogOpening, async ({ query, actor, reply }) => {
    reply.header('cache-control', 'no-store')
    return openingOf(log, query, actor)
  })
  mount(app, api.getLogStatement, async ({ params, query, actor, reply }) => {
    reply.header('cache-control', 'no-store')
    return statementAt(log, params.position, query.suite, actor)
  })
}

function notYet(suite: LogSuite): api.Problem {
  return new api.Problem('not-ready', { detail: `${suite.prefix}: the log has not been begun`, retryAfter: 5 })
}

/** The tile that an address names. @throws Problem 404 for every spelling but the canonical one */
function tileNamed(path: string): api.Tile {
  try {
    return api.parseTilePath(`tile/${path}`)
  } catch (error) {
    if (error instanceof api.Refusal) throw new api.Problem('not-found', { detail: error.message }, { cause: error })
    throw error
  }
}

async function sendTile(log: Log, suite: LogSuite, tile: api.Tile, reply: FastifyReply): Promise<FastifyReply> {
  const { level, index, width } = tile
  const { db } = log.parts
  const shown = log.published(suiteNamed(log, suite.id).id)
  // What no checkpoint implies is not shown, though it may be written already.
  const implied = shown !== null && isImplied(level === 'entries' ? 0 : level, index, width, shown.size)
  const n = Number(index)
  const body = !implied
    ? null
    : level === 'entries'
      ? await bundleAt(db, n, width)
      : await tileAt(db, suite, { level, n, width })
  if (!body) throw new api.Problem('not-found', { detail: `${api.tilePath(tile)}: no checkpoint implies this tile` })
  return reply
    .type('application/octet-stream')
    .header('cache-control', 'public, max-age=31536000, immutable')
    .send(body)
}
