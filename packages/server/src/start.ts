import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createApp, openRooms, type Parts, type Rooms } from './app.ts'
import { capturePosition } from './capture/capture.ts'
import type { Config } from './lib/config.ts'
import { readSchemes } from './lib/data.ts'
import type { Db } from './lib/db/db.ts'
import { openEmbedded } from './lib/db/embedded.ts'
import { openPostgres } from './lib/db/postgres.ts'
import type { Health } from './lib/health.ts'
import { writeKeyFile } from './lib/key-file.ts'
import { openLastPosition } from './lib/last-position.ts'
import { drain, listen, reloadTls } from './lib/listener.ts'
import { startMaintenance } from './lib/maintenance.ts'
import { createMetrics } from './lib/metrics.ts'
import { databaseIdentity, migrate, readMigrations } from './lib/migrate.ts'
import { DATA, MIGRATIONS, VERSION } from './lib/paths.ts'
import { openPresence } from './lib/presence.ts'
import { openGround } from './log/log.ts'

export interface Running {
  config: Config
  port: number
  health: Health
  rooms: Rooms
  parts: Parts
  /** path of a key file written at this start; null where there was one before */
  keyFile: string | null
  /** Resolves, with the reason, if the database is lost for good: the process must end and be started again. */
  lost: Promise<Error>
  /** Reads certificate and key anew; throws, in words, where they cannot be used. */
  reloadTls(): void
  /** Drains what is in flight, then closes the database. */
  stop(): Promise<void>
}

/** How often captures of processes that died are looked for. */
const ADOPT_MS = 10_000

/**
 * Starts the platform: listens (503 until ready), opens and migrates the database, completes what an earlier process
 * left unfinished, and is ready. Throws an error in words where a setting or the database stands in the way.
 */
export async function start(settings: Config): Promise<Running> {
  const health: Health = { stage: 'starting', version: VERSION, database: null, databaseVersion: null }
  const codes = readSchemes(DATA, settings.schemesDir)
  const server = await listen(settings, health)
  const { port } = server.address() as AddressInfo
  const config = settings.publicUrl.endsWith(':0')
    ? { ...settings, publicUrl: settings.publicUrl.replace(/0$/, String(port)) }
    : settings
  let db: Db | null = null
  try {
    let tellLost: (error: Error) => void = () => {}
    const lost = new Promise<Error>(resolve => {
      tellLost = resolve
    })
    db = config.databaseUrl
      ? await openPostgres(config.databaseUrl, config.databaseConnections)
      : await openEmbedded(config.dataDir, error => {
          health.stage = 'failed'
          tellLost(error)
        })
    health.database = db.kind
    health.databaseVersion = db.version
    health.stage = 'migrating'
    await migrate(db, readMigrations(MIGRATIONS))
    let logError = (error: unknown, about: string) => console.error(about, error)
    const log = (error: unknown, about: string) => logError(error, about)
    const position = () => capturePosition(parts.db)
    const logGround = await openGround(db, config)
    const parts: Parts = {
      config,
      codes,
      health,
      metrics: createMetrics(),
      db,
      presence: await openPresence(db, config.databaseUrl),
      log,
      logGround,
      fail(error) {
        health.stage = 'failed'
        tellLost(error)
      },
    }
    const lastPosition = await openLastPosition(config.dataDir, await databaseIdentity(db), position, log)
    health.stage = 'recovering'
    const rooms = openRooms(parts)
    const keyFile = join(config.dataDir, 'bootstrap-key')
    const keyMade = await rooms.access.bootstrap(config.bootstrapKey, text => writeKeyFile(keyFile, text))
    const app = createApp(parts, rooms, server)
    logError = (error, about) => app.log.error({ err: error, about }, 'background work failed')
    await app.ready()
    await rooms.log.start()
    await rooms.capture.recover()
    await rooms.subscriptions.start()
    const maintenance = startMaintenance(db, log)
    health.stage = 'ready'
    const adopt = setInterval(() => void rooms.capture.recover().catch(error => log(error, 'recover')), ADOPT_MS)
    return {
      config,
      port,
      health,
      rooms,
      parts,
      keyFile: keyMade ? keyFile : null,
      lost,
      reloadTls: () => reloadTls(server, config),
      async stop() {
        health.stage = 'stopping'
        clearInterval(adopt)
        // Before the listener: it waits for every connection, and sockets last.
        await rooms.subscriptions.stop()
        await drain(server)
        await app.close().catch(() => {})
        await rooms.labels.close()
        await rooms.capture.stop()
        await rooms.log.stop()
        await rooms.scans.stop()
        await maintenance.stop()
        await lastPosition.close()
        await parts.presence.close()
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
