import * as api from '@yuanliu/core'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { mount } from '../lib/http/mount.ts'
import { type Log, verifierKeyOf } from './log.ts'
import { isImplied, openingOf, proofOf, suiteNamed } from './proof.ts'
import type { LogSuite } from './suites.ts'
import { bundleAt, tileAt } from './tiles.ts'

/** The log as C2SP tlog-tiles serves it, a prefix for each suite, and proofs of single events. */
export function logRoutes(app: FastifyInstance, log: Log): void {
  const url = (suite: LogSuite) => `${log.parts.config.publicUrl}${suite.prefix}`

  for (const suite of log.suites) {
    const open = { config: { permission: null } }
    app.get(`${suite.prefix}/checkpoint`, open, async (_request, reply) => {
      const shown = log.published(suite.id)
      if (!shown) throw notYet(suite)
      return reply
        .type('text/plain; charset=utf-8')
        .header('cache-control', 'public, max-age=1')
        .send(Buffer.from(shown.note))
    })
    app.get<{ Params: { '*': string } }>(`${suite.prefix}/tile/*`, open, async (request, reply) =>
      sendTile(log, suite, tileNamed(request.params['*']), reply),
    )
    app.get(`${suite.prefix}/policy`, open, async (_request, reply) => {
      const key = await verifierKeyOf(log, suite.id)
      if (!key) throw notYet(suite)
      return reply.type('text/plain; charset=utf-8').send(`log ${key} ${url(suite)}\nquorum none\n`)
    })
  }

  mount(app, api.getLog, async () => {
    const logs: api.LogOf[] = []
    for (const suite of log.suites) {
      const key = await verifierKeyOf(log, suite.id)
      const shown = log.published(suite.id)
      if (key && shown) logs.push({ suite: suite.id, origin: shown.origin, key, url: url(suite), size: shown.size })
    }
    return { logs }
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
