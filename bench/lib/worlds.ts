import type { DatabaseKind } from '../../packages/server/src/lib/db/db.ts'
import { type Database, makeDatabase, settleDatabase } from './database.ts'
import { documentsOf } from './documents.ts'
import { FAMILY_EVENTS, familyEvents } from './families.ts'
import { capture, capturePosition } from './load.ts'
import type { Options } from './options.ts'
import { progress } from './progress.ts'
import { type Served, serve } from './server.ts'
import { shelfEvents, shelfHeader } from './shelf.ts'
import { timed } from './stats.ts'
import { figures } from './table.ts'

/** A database filled through the real capture, and the platform on it. */
export interface World {
  database: Database
  /** number of families whose history it holds */
  families: number
  /** number of lots on the shelf */
  shelf: number
  server(): Promise<Served>
  /** stops the server, so that the database can be read without it */
  rest(): Promise<void>
}

export interface Worlds {
  /** `--events` events */
  large(): Promise<World>
  /** a tenth of it */
  small(): Promise<World>
  close(): Promise<void>
}

/** The two databases that the trace and the pages are measured on; built when first asked for, shared by the figures. */
export function openWorlds(kind: DatabaseKind, options: Options): Worlds {
  const built = new Map<number, Promise<World>>()
  function world(events: number): Promise<World> {
    const known = built.get(events) ?? build(kind, options, events)
    built.set(events, known)
    return known
  }
  return {
    large: () => world(options.events),
    small: () => world(Math.round(options.events / 10)),
    async close() {
      for (const each of await Promise.all(built.values())) {
        await each.rest()
        await each.database.remove()
      }
    },
  }
}

async function build(kind: DatabaseKind, options: Options, events: number): Promise<World> {
  const shelf = Math.min(1_000, Math.floor(events / 100))
  const families = Math.floor((events - shelf * 12) / FAMILY_EVENTS)
  const database = await makeDatabase(kind, `world_${events}`, options, options.keep)
  if (!database.isBuilt) await fill(database, options, families, shelf)
  let served: Promise<Served> | null = null
  return {
    database,
    families,
    shelf,
    server() {
      served ??= serve(database, options)
      return served
    },
    async rest() {
      await (await served)?.stop()
      served = null
    },
  }
}

async function fill(database: Database, options: Options, families: number, shelf: number): Promise<void> {
  const events = families * FAMILY_EVENTS + shelf * 12
  progress(`filling ${database.kind} with ${figures(events)} events of ${families} families`)
  const server = await serve(database, { ...options, profile: null })
  const ms = await timed(async () => {
    await capture(server.client, documentsOf(familyEvents(families)))
    await capture(server.client, documentsOf(shelfEvents(shelf), 500, shelfHeader()))
  })
  const taken = await capturePosition(server.client)
  await server.stop()
  if (taken !== events) throw new Error(`${events} events sent, ${taken} taken`)
  progress(`filled: ${figures((events / ms) * 1000)} events/s`)
  await settleDatabase(database)
  database.markBuilt()
}
