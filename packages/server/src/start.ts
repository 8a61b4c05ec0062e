import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createSandboxKeys } from './access/access.ts'
import { createApp, openRooms, type Parts, type Rooms } from './app.ts'
import { restorePointBeforeUpgrade } from './backup/backup.ts'
import { capturePosition } from './capture/capture.ts'
import type { Config } from './lib/config.ts'
import { readSchemes } from './lib/data.ts'
import type { Db } from './lib/db/db.ts'
import { beginEmbedded, type Opening } from './lib/db/early.ts'
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
import { nodeCrypto } from './lib/signing/node-crypto.ts'
import { openGround } from './log/log.ts'
import { createSandboxes, readAdmissionProfile } from './sandbox/sandbox.ts'
import { openSandboxApp } from './sandbox-app.ts'
import { openWitness } from './witness/witness.ts'

export interface Running {
  config: Config
  port: number
  health: Health
  rooms: Rooms
  parts: Parts
  /** path of a key file written at this start; null where there was one before */
  keyFile: string | null
  /** path of the backup that was written before migrations were applied; null where none were due */
  restorePoint: string | null
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
 * @param opening the embedded database, where its opening has begun already; closed where the start fails
 */
export async function start(
  settings: Config,
  opening = settings.databaseUrl ? undefined : beginEmbedded(settings.dataDir),
): Promise<Running> {
  try {
    return await startWith(settings, opening)
  } catch (error) {
    await opening?.giveUp()
    throw error
  }
}

async function startWith(settings: Config, opening: Opening | undefined): Promise<Running> {
  const health: Health = { stage: 'starting', version: VERSION, database: null, databaseVersion: null }
  const codes = readSchemes(DATA, settings.schemesDir)
  const server = await listen(settings, health)
  const { port } = server.address() as AddressInfo
  const config = settings.publicUrl.endsWith(':0')
    ? { ...settings, publicUrl: settings.publicUrl.replace(/0$/, String(port)) }
    : settings
  /** What a start that fails has opened, to be closed again: last opened, first closed. */
  const opened: (() => unknown)[] = []
  try {
    let tellLost: (error: Error) => void = () => {}
    const lost = new Promise<Error>(resolve => {
      tellLost = resolve
    })
    const fail = (error: Error) => {
      Object.assign(health, { stage: 'failed', reason: error.message } satisfies Partial<Health>)
      tellLost(error)
    }
    // Tested while the database is being opened; what fails is said where it is first used.
    if (config.log.length) nodeCrypto().catch(() => {})
    let db: Db
    if (opening) {
      opening.onLost(fail)
      db = await opening.db
    } else {
      db = await openPostgres(config.databaseUrl ?? '', config.databaseConnections)
      opened.push(db.close)
    }
    health.database = db.kind
    health.databaseVersion = db.version
    health.stage = 'migrating'
    const migrations = readMigrations(MIGRATIONS)
    const restorePoint = await restorePointBeforeUpgrade(db, config.restorePoints, migrations)
    await migrate(db, migrations)
    let logError = (error: unknown, about: string) => console.error(about, error)
    const log = (error: unknown, about: string) => logError(error, about)
    const position = () => capturePosition(parts.db)
    const logGround = await openGround(db, config, log)
    if (logGround) opened.push(() => logGround.store.close())
    const witnessGround = await openWitness(config, db.kind)
    opened.push(() => witnessGround?.memory.close())
    const presence = await openPresence(db, config.databaseUrl)
    opened.push(presence.close)
    const sandboxes =
      config.sandboxes === 0
        ? null
        : createSandboxes({
            db,
            config,
            codes,
            keys: createSandboxKeys(db),
            profile: readAdmissionProfile(DATA),
            migrations,
            openApp: (view, authenticate) => openSandboxApp(parts, view, authenticate),
            log,
          })
    opened.push(() => sandboxes?.stop())
    const parts: Parts = {
      config,
      codes,
      health,
      metrics: createMetrics(),
      db,
      presence,
      log,
      logGround,
      witnessGround,
      sandboxes,
      fail,
    }
    const lastPosition = await openLastPosition(config.dataDir, await databaseIdentity(db), position, log)
    opened.push(lastPosition.close)
    health.stage = 'recovering'
    const rooms = openRooms(parts)
    opened.push(rooms.witness.stop, rooms.log.stop, rooms.capture.stop, () => rooms.subscriptions.stop())
    const keyFile = join(config.dataDir, 'bootstrap-key')
    const keyMade = await rooms.access.bootstrap(config.bootstrapKey, text => writeKeyFile(keyFile, text))
    const app = createApp(parts, rooms, server)
    logError = (error, about) => app.log.error({ err: error, about }, 'background work failed')
    await app.ready()
    await rooms.witness.start()
    await rooms.log.start()
    await rooms.capture.recover()
    await rooms.subscriptions.start()
    const maintenance = startMaintenance(db, log)
    health.stage = 'ready'
    rooms.capture.readBack()
    const adopt = setInterval(() => void rooms.capture.recover().catch(error => log(error, 'recover')), ADOPT_MS)
    async function stop(): Promise<void> {
      health.stage = 'stopping'
      clearInterval(adopt)
      // Before the listener: it waits for every connection, and sockets and backups last.
      await Promise.all([rooms.subscriptions.stop(), sandboxes?.hangUp(), rooms.backups.stop()])
      await drain(server)
      await app.close().catch(() => {})
      await sandboxes?.stop()
      await rooms.labels.close()
      await rooms.capture.stop()
      await rooms.log.stop()
      await rooms.witness.stop()
      await rooms.scans.stop()
      await maintenance.stop()
      await lastPosition.close()
      await parts.presence.close()
      await parts.db.close()
    }
    let stopping: Promise<void> | null = null
    return {
      config,
      port,
      health,
      rooms,
      parts,
      keyFile: keyMade ? keyFile : null,
      restorePoint,
      lost,
      reloadTls: () => reloadTls(server, config),
      stop() {
        // Whoever asks again waits for the same: what is closed is not closed twice.
        stopping ??= stop()
        return stopping
      },
    }
  } catch (error) {
    server.close()
    server.closeAllConnections()
    for (const close of opened.reverse())
      await Promise.resolve()
        .then(close)
        .catch(() => {})
    throw error
  }
}
