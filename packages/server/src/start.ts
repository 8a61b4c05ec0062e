import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createApp, openRooms, type Parts, type Rooms } from './app.ts'
import type { Config } from './lib/config.ts'
import { readSchemes } from './lib/data.ts'
import type { Db } from './lib/db/db.ts'
import { openEmbedded } from './lib/db/embedded.ts'
import { openPostgres } from './lib/db/postgres.ts'
import { type Health, healthBody } from './lib/health.ts'
import { HEADER_BYTES } from './lib/http/server.ts'
import { createMetrics } from './lib/metrics.ts'
import { migrate, readMigrations } from './lib/migrate.ts'
import { DATA, MIGRATIONS, VERSION } from './lib/paths.ts'
import { openPresence } from './lib/presence.ts'

export interface Running {
  config: Config
  port: number
  health: Health
  rooms: Rooms
  parts: Parts
  /** path of a key file written at this start; null where there was one before */
  keyFile: string | null
  /** Drains what is in flight, then closes the database. */
  stop(): Promise<void>
}

/** How often captures of processes that died are looked for. */
const ADOPT_MS = 10_000

/**
 * Starts the platform: listens (503 until ready), opens and migrates the database, completes what an earlier process
 * left unfinished, and is ready. Throws an error in words where a setting or the database stands in the way.
 */
export async function start(config: Config): Promise<Running> {
  const health: Health = { stage: 'starting', version: VERSION, database: null, databaseVersion: null }
  const codes = readSchemes(DATA)
  const server = await listen(config, health)
  let db: Db | null = null
  try {
    db = config.databaseUrl
      ? await openPostgres(config.databaseUrl, config.databaseConnections)
      : await openEmbedded(config.dataDir)
    health.database = db.kind
    health.databaseVersion = db.version
    health.stage = 'migrating'
    await migrate(db, readMigrations(MIGRATIONS))
    const presence = await openPresence(db, config.databaseUrl)
    health.stage = 'recovering'
    let logError = (error: unknown, about: string) => console.error(about, error)
    const parts: Parts = {
      config,
      codes,
      health,
      metrics: createMetrics(),
      db,
      presence,
      log: (error, about) => logError(error, about),
    }
    const rooms = openRooms(parts)
    const keyFile = await writeBootstrapKey(config, rooms)
    const app = createApp(parts, rooms, server)
    logError = (error, about) => app.log.error({ err: error, about }, 'background work failed')
    await app.ready()
    await rooms.capture.recover()
    health.stage = 'ready'
    const adopt = setInterval(() => void rooms.capture.recover().catch(error => logError(error, 'recover')), ADOPT_MS)
    return {
      config,
      port: (server.address() as AddressInfo).port,
      health,
      rooms,
      parts,
      keyFile,
      async stop() {
        health.stage = 'stopping'
        clearInterval(adopt)
        await closeServer(server)
        await app.close().catch(() => {})
        await rooms.capture.stop()
        await presence.close()
        await parts.db.close()
      },
    }
  } catch (error) {
    server.close()
    server.closeAllConnections()
    await db?.close().catch(() => {})
    throw error
  }
}

/** Listens at once; until the rooms are open everything is answered 503, /health with the reason. */
function listen(config: Config, health: Health): Promise<Server> {
  const server = createServer(
    { maxHeaderSize: HEADER_BYTES, requestTimeout: config.requestTimeout * 1000, keepAliveTimeout: 72_000 },
    (_request, response) => {
      response.writeHead(503, {
        'content-type': 'application/json; charset=utf-8',
        'retry-after': '2',
        'cache-control': 'no-store',
      })
      response.end(JSON.stringify(healthBody(health)))
    },
  )
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const code = (error as NodeJS.ErrnoException).code
      const known: Record<string, string> = {
        EADDRINUSE: `PORT=${config.port}: another program listens there already 端口被占用`,
        EACCES: `PORT=${config.port}: this user may not listen there 无权监听此端口`,
        EADDRNOTAVAIL: `HOST=${config.host}: this machine does not have that address 本机没有该地址`,
        ENOTFOUND: `HOST=${config.host}: no such address`,
      }
      reject(new Error(known[code ?? ''] ?? error.message))
    })
    server.listen(config.port, config.host, () => resolve(server))
  })
}

/** Waits for requests in flight, at most 20 s; idle connections are closed at once. */
function closeServer(server: Server): Promise<void> {
  return new Promise(resolve => {
    const force = setTimeout(() => server.closeAllConnections(), 20_000)
    server.close(() => {
      clearTimeout(force)
      resolve()
    })
    server.closeIdleConnections()
  })
}

async function writeBootstrapKey(config: Config, rooms: Rooms): Promise<string | null> {
  const text = await rooms.access.bootstrap(config.bootstrapKey)
  if (text === null) return null
  mkdirSync(config.dataDir, { recursive: true })
  const path = join(config.dataDir, 'bootstrap-key')
  writeFileSync(path, `${text}\n`, { mode: 0o600 })
  chmodSync(path, 0o600)
  return path
}
