import type { Server } from 'node:http'
import type { Codes } from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { type Access, createAccess, createOrganisations, createParties, readIdentityScheme } from './access/access.ts'
import { accessRoutes } from './access/routes.ts'
import { type Capture, capturePosition, createCapture } from './capture/capture.ts'
import { captureRoutes } from './capture/routes.ts'
import {
  createIssuing,
  createScans,
  createSignals,
  type Issuing,
  readFormats,
  readScanRules,
  type Scans,
} from './codes/codes.ts'
import { codeRoutes, scanRoutes } from './codes/routes.ts'
import { createDocs } from './docs/docs.ts'
import { docsRoutes } from './docs/routes.ts'
import { createEvents, type Events, TOKEN_LIFE } from './events/events.ts'
import { eventRoutes } from './events/routes.ts'
import { createLabels, type Labels, readLabelForms } from './labels/labels.ts'
import { labelRoutes } from './labels/routes.ts'
import { type CompanyPrefixes, createCompanyPrefixes } from './lib/company-prefixes.ts'
import type { Config } from './lib/config.ts'
import type { Db } from './lib/db/db.ts'
import { type Health, healthBody, notReady } from './lib/health.ts'
import { LIMITS } from './lib/http/limits.ts'
import { discoveryRoutes, negotiateVersions } from './lib/http/negotiate.ts'
import { createHttp } from './lib/http/server.ts'
import { acceptUpgrades } from './lib/http/upgrade.ts'
import type { Metrics } from './lib/metrics.ts'
import { DATA, VERSION } from './lib/paths.ts'
import type { Presence } from './lib/presence.ts'
import { createReleasedTokens, type ReleasedTokens } from './lib/released-tokens.ts'
import { createTerms, type Terms } from './lib/terms.ts'
import { readUnits } from './lib/units.ts'
import { createLog, type Log, type LogGround } from './log/log.ts'
import { logRoutes } from './log/routes.ts'
import { createPortal, type Portal, readExamples, readPublicFields } from './portal/portal.ts'
import { portalErrorPage, portalRoutes } from './portal/routes.ts'
import { createQueries, type Queries } from './queries/queries.ts'
import { queryRoutes } from './queries/routes.ts'
import { createResolve, type Resolve } from './resolve/resolve.ts'
import { resolveRoutes } from './resolve/routes.ts'
import { createResources, type Resources } from './resources/resources.ts'
import { resourceRoutes } from './resources/routes.ts'
import { subscriptionRoutes } from './subscriptions/routes.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions/subscriptions.ts'
import { traceRoutes } from './trace/routes.ts'
import { createTrace, readProfile, type Trace } from './trace/trace-room.ts'
import { vocabularyRoutes } from './vocabularies/routes.ts'
import { createVocabularies, type Vocabularies } from './vocabularies/vocabularies.ts'

/** What every room may need; made once per process. */
export interface Parts {
  config: Config
  codes: Codes
  health: Health
  metrics: Metrics
  db: Db
  presence: Presence
  log: (error: unknown, about: string) => void
  /** what the signed log stands on; null: it is off */
  logGround: LogGround | null
  /** ends the process, with the reason */
  fail: (error: Error) => void
}

export interface Rooms {
  terms: Terms
  access: Access
  capture: Capture
  log: Log
  events: Events
  vocabularies: Vocabularies
  resources: Resources
  prefixes: CompanyPrefixes
  tokens: ReleasedTokens
  queries: Queries
  subscriptions: Subscriptions
  resolve: Resolve
  trace: Trace
  issuing: Issuing
  scans: Scans
  portal: Portal
  labels: Labels
}

/** A request of the public is answered quickly or in part. */
const PUBLIC_BUDGET = { units: 500, events: 5_000, ms: 300 }

/** Opens the rooms on a migrated database. */
export function openRooms(parts: Parts): Rooms {
  const { db, codes, presence, config, log } = parts
  const terms = createTerms(db)
  const resolve = createResolve({ db, codes, publicUrl: config.publicUrl, dataFolder: DATA })
  const parties = createParties(db, config.unregisteredParties === 'quarantine')
  const vocabularies = createVocabularies({ db, codes, parties })
  const prefixes = createCompanyPrefixes(db, log)
  const tokens = createReleasedTokens(db, TOKEN_LIFE)
  const position = () => capturePosition(db)
  const trace = createTrace({ db, terms, parties, codes, profile: readProfile(DATA), keysOf: resolve.keysOf })
  const signedLog = createLog({ ...parts, parties }, parts.logGround)
  const issuing = createIssuing({ db, codes, config, formats: readFormats(DATA) })
  const portal = createPortal({
    db,
    codes,
    resolve,
    config,
    fields: readPublicFields(DATA),
    trust: config.pageGraceMs,
    quarantine: parties.quarantine,
    examples: config.demo ? readExamples(DATA) : [],
    codeState: issuing.publicState,
    trace: key => trace.byKey(key, { direction: 'backward', budget: PUBLIC_BUDGET }),
  })
  const access = createAccess(db)
  const { handOver, covered } = signedLog
  const capture = createCapture({ db, codes, terms, parties, presence, config, prefixes, handOver, covered }, log)
  const events = createEvents({
    db,
    codes,
    terms,
    parties,
    vocabularies,
    units: readUnits(DATA),
    prefixes,
    tokens,
    budgetMs: config.queryBudgetMs,
    position,
  })
  const queries = createQueries({ db, events })
  const { authenticate } = access
  const subscriptions = createSubscriptions({ ...parts, events, queries, authenticate, process: presence.id })
  capture.room.writer.onWritten(subscriptions.nudge)
  return {
    terms,
    prefixes,
    tokens,
    resources: createResources({ db, codes, terms, parties, position }),
    vocabularies,
    access,
    capture,
    events,
    queries,
    subscriptions,
    resolve,
    trace,
    log: signedLog,
    issuing,
    scans: createScans({ db, codes, rules: readScanRules(DATA), standing: issuing.standing, log }),
    portal,
    labels: createLabels({ codes, publicUrl: config.publicUrl, forms: readLabelForms(DATA), about: portal.about }),
  }
}

/** The HTTP side: the one list of what is mounted. */
export function createApp(parts: Parts, rooms: Rooms, server: Server): FastifyInstance {
  const { config, health, metrics, db } = parts
  const app = createHttp(server, {
    config,
    metrics,
    notReady: () => notReady(health),
    authenticate: rooms.access.authenticate,
    errorPage: portalErrorPage(rooms.portal),
  })
  negotiateVersions(app)
  metrics.gauge('yuanliu_capture_position', 'Position of the last event that this process captured', () =>
    rooms.capture.room.writer.position(),
  )
  metrics.gauge('yuanliu_open_captures', 'Captures in progress', rooms.capture.open)
  metrics.gauge('yuanliu_sockets', 'WebSockets that follow a query', rooms.subscriptions.sockets.open)
  metrics.gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())

  app.get('/health', async (_request, reply) => {
    const position = notReady(health) === null ? await capturePosition(db).catch(() => null) : null
    const ready = position !== null && notReady(health) === null
    const more = ready
      ? { capturePosition: position, openCaptures: rooms.capture.open(), log: await rooms.log.health() }
      : health.stage === 'ready' && { status: 'failed', detail: 'The database cannot be reached 无法连接数据库' }
    return reply
      .status(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ...healthBody(health), ...more })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.text()),
  )
  app.get('/api/limits', { config: { permission: null } }, async () => ({
    ...LIMITS,
    documentBytes: config.captureMaxBytes,
    documentEvents: config.captureMaxEvents,
    openCaptures: config.captureMaxOpen,
    requestSeconds: config.requestTimeout,
  }))
  accessRoutes(
    app,
    rooms.access,
    createOrganisations(db, parts.codes, readIdentityScheme(DATA, parts.codes)),
    config.publicUrl,
  )
  captureRoutes(app, rooms.capture, config)
  eventRoutes(app, rooms.events, config)
  resourceRoutes(app, rooms.resources, { ...rooms, config, codes: parts.codes })
  vocabularyRoutes(app, rooms.vocabularies, config.publicUrl)
  queryRoutes(app, rooms.queries, config, rooms.subscriptions.sockets.live)
  subscriptionRoutes(app, rooms.subscriptions, rooms.queries, config)
  logRoutes(app, rooms.log)
  traceRoutes(app, rooms.trace)
  resolveRoutes(app, rooms.resolve, rooms.portal.rate)
  codeRoutes(app, rooms.issuing, config)
  const rules = readScanRules(DATA)
  scanRoutes(app, {
    codes: parts.codes,
    scans: rooms.scans,
    signals: createSignals({ db, codes: parts.codes, rules }),
    rules,
    config,
    over: rooms.portal.rate.over,
  })
  portalRoutes(app, rooms.portal, parts.codes)
  labelRoutes(app, rooms.labels, rooms.issuing, config.publicUrl)
  docsRoutes(
    app,
    createDocs({ publicUrl: config.publicUrl, version: VERSION }, () => app.mounted),
  )
  discoveryRoutes(app)
  acceptUpgrades(server, app)
  return app
}
