import type { Server } from 'node:http'
import type { Codes } from '@yuanliu/core'
import type { FastifyInstance } from 'fastify'
import { type Access, createAccess, createOrganisations, createParties, readIdentityScheme } from './access/access.ts'
import { accessRoutes } from './access/routes.ts'
import { type Backups, createBackups } from './backup/backup.ts'
import { backupRoutes } from './backup/routes.ts'
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
import { createEvents, type Events } from './events/events.ts'
import { eventRoutes } from './events/routes.ts'
import { createLabels, type Labels, readLabelForms } from './labels/labels.ts'
import { labelRoutes } from './labels/routes.ts'
import { now } from './lib/clock.ts'
import { type CompanyPrefixes, createCompanyPrefixes } from './lib/company-prefixes.ts'
import type { Config } from './lib/config.ts'
import type { Db } from './lib/db/db.ts'
import { type Health, healthBody, notReady } from './lib/health.ts'
import { negotiateMedia } from './lib/http/accept.ts'
import { LIMITS } from './lib/http/limits.ts'
import { discoveryRoutes, negotiateVersions } from './lib/http/negotiate.ts'
import { createListPages, TOKEN_LIFE } from './lib/http/page-token.ts'
import { createHttp } from './lib/http/server.ts'
import { acceptUpgrades } from './lib/http/upgrade.ts'
import type { Metrics } from './lib/metrics.ts'
import { DATA, VERSION } from './lib/paths.ts'
import type { Presence } from './lib/presence.ts'
import { createReleasedTokens, type ReleasedTokens } from './lib/released-tokens.ts'
import { createTerms, type Terms } from './lib/terms.ts'
import { readUnits } from './lib/units.ts'
import { bundleOf, createLog, entryAt, type Log, type LogGround, lastEntryAt } from './log/log.ts'
import { logRoutes } from './log/routes.ts'
import { createPortal, type Portal, readExamples, readPublicFields } from './portal/portal.ts'
import { portalErrorPage, portalRoutes } from './portal/routes.ts'
import { createQueries, type Queries } from './queries/queries.ts'
import { queryRoutes } from './queries/routes.ts'
import { createResolve, type Resolve } from './resolve/resolve.ts'
import { resolveRoutes } from './resolve/routes.ts'
import { createResources, type Resources } from './resources/resources.ts'
import { resourceRoutes } from './resources/routes.ts'
import { sandboxRoutes } from './sandbox/routes.ts'
import type { Sandboxes } from './sandbox/sandbox.ts'
import { signingRoutes } from './signing/routes.ts'
import { createSigning, type Signing } from './signing/signing.ts'
import { subscriptionRoutes } from './subscriptions/routes.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions/subscriptions.ts'
import { traceRoutes } from './trace/routes.ts'
import { createTrace, readProfile, type Trace } from './trace/trace-room.ts'
import { vocabularyRoutes } from './vocabularies/routes.ts'
import { createVocabularies, type Vocabularies } from './vocabularies/vocabularies.ts'
import { witnessRoutes } from './witness/routes.ts'
import { createWitness, type Witness, type WitnessGround } from './witness/witness.ts'

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
  /** what witnessing for others stands on; null: nobody's witness */
  witnessGround: WitnessGround | null
  /** sandboxes of organisations; null: there are none, or this is one */
  sandboxes: Sandboxes | null
  /** in a sandbox: who calls; else the platform's own keys say */
  authenticate?: Access['authenticate']
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
  signing: Signing
  resolve: Resolve
  trace: Trace
  issuing: Issuing
  scans: Scans
  portal: Portal
  labels: Labels
  witness: Witness
  backups: Backups
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
  const signedLog = createLog({ ...parts, parties }, parts.logGround)
  const signing = createSigning({ db, codes, parties, log: signedLog.handOver })
  const known = {
    size: () => signedLog.size(),
    entry: (index: number) => entryAt(db, index),
    lastEntry: (position: number) => lastEntryAt(db, position),
    recordedBy: (time: number) => events.follow.recordedBy(time),
    registeredBy: parties.registeredBy,
    now,
  }
  const { keysOf } = resolve
  const { attestations } = signing
  const profile = readProfile(DATA)
  const trace = createTrace({ db, terms, parties, codes, profile, keysOf, known, attestations })
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
    proofs: config.log.length ? { bundle: (wanted, reader) => bundleOf(signedLog, wanted, reader) } : null,
    trace: key => trace.byKey(key, { direction: 'backward', budget: PUBLIC_BUDGET }),
  })
  const access = {
    ...createAccess(db, config.productionKeys === 'after-conformance'),
    ...(parts.authenticate && { authenticate: parts.authenticate }),
  }
  const { handOver, covered } = signedLog
  const capture = createCapture(
    { db, codes, terms, parties, signing, presence, config, prefixes, handOver, covered },
    log,
  )
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
  const { line, readers } = signedLog
  const following = { line, readers, events, queries, authenticate, process: presence.id }
  const subscriptions = createSubscriptions({ ...parts, ...following })
  capture.room.writer.onWritten(() => line.nudge(capture.room.writer.position()))
  return {
    terms,
    prefixes,
    tokens,
    resources: createResources({ db, codes, terms, parties, position, readers, names: events.names }),
    vocabularies,
    access,
    capture,
    events,
    queries,
    subscriptions,
    signing,
    resolve,
    trace,
    log: signedLog,
    issuing,
    scans: createScans({ db, codes, rules: readScanRules(DATA), standing: issuing.standing, log }),
    portal,
    backups: createBackups(db, log),
    labels: createLabels({ codes, publicUrl: config.publicUrl, forms: readLabelForms(DATA), about: portal.about }),
    witness: createWitness(parts, parts.witnessGround),
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
    sandboxes: parts.sandboxes?.gate ?? null,
    errorPage: portalErrorPage(rooms.portal),
  })
  negotiateVersions(app)
  negotiateMedia(app)
  metrics.gauge('yuanliu_capture_position', 'Position of the last event that this process captured', () =>
    rooms.capture.room.writer.position(),
  )
  metrics.gauge('yuanliu_open_captures', 'Captures in progress', rooms.capture.open)
  metrics.gauge('yuanliu_sockets', 'WebSockets that follow a query', rooms.subscriptions.sockets.open)
  if (parts.sandboxes)
    metrics.gauge('yuanliu_sandboxes_open', 'Sandboxes that this process holds open', parts.sandboxes.size)
  metrics.gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())

  app.get('/health', async (_request, reply) => {
    const position = notReady(health) === null ? await capturePosition(db).catch(() => null) : null
    const ready = position !== null && notReady(health) === null
    const more = ready
      ? {
          capturePosition: position,
          openCaptures: rooms.capture.open(),
          log: await rooms.log.health(),
          witness: await rooms.witness.health(),
        }
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
    createOrganisations(db, parts.codes, readIdentityScheme(DATA, parts.codes), {
      quarantine: config.unregisteredParties === 'quarantine',
      released: rooms.log.line.nudge,
    }),
    config.publicUrl,
  )
  if (parts.sandboxes) sandboxRoutes(app, parts.sandboxes)
  const pages = createListPages(config.publicUrl, rooms.tokens)
  captureRoutes(app, rooms.capture, config, pages)
  eventRoutes(app, rooms.events, config)
  resourceRoutes(app, rooms.resources, { ...rooms, pages, codes: parts.codes })
  vocabularyRoutes(app, rooms.vocabularies, config.publicUrl)
  queryRoutes(app, rooms.queries, { config, pages, live: rooms.subscriptions.sockets.live })
  subscriptionRoutes(app, rooms.subscriptions, rooms.queries, { config, pages })
  logRoutes(app, rooms.log)
  witnessRoutes(app, rooms.witness, { publicUrl: config.publicUrl, over: rooms.portal.rate.over })
  signingRoutes(app, rooms.signing)
  backupRoutes(app, rooms.backups)
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
  portalRoutes(app, rooms.portal, parts.codes, rooms.access.authenticate)
  labelRoutes(app, rooms.labels, rooms.issuing, config.publicUrl)
  docsRoutes(
    app,
    createDocs({ publicUrl: config.publicUrl, version: VERSION }, () => app.mounted),
  )
  discoveryRoutes(app)
  acceptUpgrades(server, app)
  return app
}
