import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from '@yuanliu/core'
import type { Events } from '../events/events.ts'
import type { Db } from '../lib/db/db.ts'
import { DatabaseUnavailable } from '../lib/db/unavailable.ts'
import type { Actor } from '../lib/http/mount.ts'

/** The platform on a sandbox's schema. */
export interface OpenedSandbox {
  /** Answers a request. */
  routing(request: IncomingMessage, response: ServerResponse): void
  events: Events
  /** whether something goes on that no request waits for: sockets, documents that are being applied */
  inUse(): boolean
  /** Goes on with what processes that are gone left behind. */
  recover(): Promise<void>
  /** Ends what would keep connections of callers: sockets and deliveries. */
  hangUp(): Promise<void>
  close(): Promise<void>
}

/** A sandbox that this process holds open, or is opening. */
export interface Entry {
  organisation: number
  number: number
  db: Db
  opened: Promise<OpenedSandbox>
  /** actors by `Authorization`, as they came in a moment ago */
  admitted: Map<string, { actor: Actor; at: number }>
  /** requests in progress */
  busy: number
  /** milliseconds */
  used: number
  /** what it took up when last measured */
  measured: { events: number; bytes: number; at: number } | null
}

/** For so long a sandbox may be idle before it is closed. */
const IDLE_MS = 10 * 60_000

export interface OpenSandboxes {
  /** The sandbox, opened if need be and marked as busy until `left`. Throws 503 where too many are in use. */
  enter(organisation: number, number: number): Promise<Entry>
  left(entry: Entry): void
  find(organisation: number): Entry | undefined
  /** Closes a sandbox at once: whatever still goes on in it is answered 503. */
  cut(organisation: number): Promise<void>
  /** Closes what is idle; lets the others go on with what was left behind. */
  tidy(at: number): Promise<void>
  hangUp(): Promise<void>
  size(): number
  /** Closes all. */
  stop(): Promise<void>
}

/**
 * The sandboxes that one process holds open, at most so many.
 * @param open opens the platform on the schema; told its entry, which has the database view
 */
export function createOpenSandboxes(
  most: number,
  within: (number: number) => Db,
  open: (entry: Omit<Entry, 'opened'>) => Promise<OpenedSandbox>,
  log: (error: unknown, about: string) => void,
): OpenSandboxes {
  const entries = new Map<number, Entry>()
  let stopping = false

  const isQuiet = async (entry: Entry) => entry.busy === 0 && !(await entry.opened).inUse()

  /** Ends the rooms; `cut`: their database first, so that nothing waits. */
  async function shut(entry: Entry, cut: boolean): Promise<void> {
    if (entries.get(entry.organisation) === entry) entries.delete(entry.organisation)
    if (cut) await entry.db.close()
    const opened = await entry.opened.catch(() => null)
    await opened?.close().catch(error => {
      if (!(cut && error instanceof DatabaseUnavailable)) log(error, 'sandbox: close')
    })
    await entry.db.close()
  }

  async function makeRoom(): Promise<void> {
    while (entries.size >= most) {
      let oldest: Entry | null = null
      for (const entry of entries.values())
        if ((!oldest || entry.used < oldest.used) && (await isQuiet(entry).catch(() => false))) oldest = entry
      // Looked at anew, nothing awaited in between: a request may have come in meanwhile.
      if (!oldest || oldest.busy > 0 || entries.get(oldest.organisation) !== oldest) {
        const detail = `沙箱使用已满，请稍后再试 all ${most} sandboxes are in use; try again shortly`
        throw new Problem('busy', { detail, retryAfter: 5 })
      }
      await shut(oldest, false)
    }
  }

  function begin(organisation: number, number: number): Entry {
    const base = {
      organisation,
      number,
      db: within(number),
      admitted: new Map<string, { actor: Actor; at: number }>(),
      busy: 0,
      used: Date.now(),
      measured: null,
    }
    const entry: Entry = Object.assign(base, { opened: open(base) })
    entry.opened.catch(() => shut(entry, true))
    entries.set(organisation, entry)
    return entry
  }

  return {
    async enter(organisation, number) {
      if (stopping) throw new Problem('not-ready', { detail: '服务正在停止 The service is stopping', retryAfter: 2 })
      let entry = entries.get(organisation)
      if (entry && entry.number < number) {
        // Another process has reset it.
        await shut(entry, true)
        entry = entries.get(organisation)
      }
      if (!entry) {
        await makeRoom()
        entry = entries.get(organisation) ?? begin(organisation, number)
      }
      if (entry.number !== number) throw new DatabaseUnavailable(new Error('the sandbox was reset meanwhile'))
      entry.busy++
      entry.used = Date.now()
      try {
        await entry.opened
      } catch (error) {
        entry.busy--
        throw error
      }
      return entry
    },
    left(entry) {
      entry.busy--
      entry.used = Date.now()
    },
    find: organisation => entries.get(organisation),
    async cut(organisation) {
      const entry = entries.get(organisation)
      if (entry) await shut(entry, true)
    },
    async tidy(at) {
      for (const entry of [...entries.values()]) {
        const opened = await entry.opened.catch(() => null)
        if (!opened) continue
        if (at - entry.used > IDLE_MS && entry.busy === 0 && !opened.inUse()) await shut(entry, false)
        else
          await opened.recover().catch(error => {
            // One that was reset meanwhile has nothing left to go on with.
            if (entries.get(entry.organisation) === entry) log(error, 'sandbox: recover')
          })
      }
    },
    async hangUp() {
      stopping = true
      await Promise.all([...entries.values()].map(async entry => (await entry.opened.catch(() => null))?.hangUp()))
    },
    size: () => entries.size,
    async stop() {
      stopping = true
      await Promise.all([...entries.values()].map(entry => shut(entry, false)))
    },
  }
}
