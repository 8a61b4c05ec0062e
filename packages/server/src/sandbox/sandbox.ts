import {
  type Admission,
  type Codes,
  type Input,
  type Key,
  type openSandbox,
  Problem,
  type Sandbox,
} from '@yuanliu/core'
import { isSandboxKey, type SandboxKeys } from '../access/access.ts'
import { iso, now } from '../lib/clock.ts'
import type { Config } from '../lib/config.ts'
import type { Db } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import type { SandboxGate } from '../lib/http/sandbox-gate.ts'
import { type Migration, migrate } from '../lib/migrate.ts'
import { checkSandbox } from './admission.ts'
import { createOpenSandboxes, type Entry, type OpenedSandbox } from './open-sandboxes.ts'
import type { AdmissionProfile } from './profile.ts'
import * as store from './store.ts'

export type { OpenedSandbox } from './open-sandboxes.ts'
export { readAdmissionProfile } from './profile.ts'

/** Events that one document may bring into a sandbox. */
export const DOCUMENT_EVENTS = 10_000

/** The sandboxes of organisations: the same interfaces on data of their own. */
export interface Sandboxes {
  /** where requests with a key of a sandbox go */
  gate: SandboxGate
  /** Opens one, or gives a further key to it. Throws 404 for an unknown organisation. */
  open(code: string, draft: Input<typeof openSandbox>['body']): Promise<Key & { key: string }>
  /** Throws 404 where the organisation has none, 403 where it is another's. */
  state(code: string, actor: Actor): Promise<Sandbox>
  /** Drops what it holds. Throws as `state` does. */
  reset(code: string, actor: Actor): Promise<Sandbox>
  /** Checks what it holds, and keeps the report. Throws as `state` does. */
  admit(code: string, actor: Actor): Promise<Admission>
  /** The last report; it outlasts the sandbox. Throws 404, 403. */
  admission(code: string, actor: Actor): Promise<Admission>
  /** Drops it with its keys. Throws 404. */
  close(code: string): Promise<void>
  /** Drops what was not used for too long, and what was left behind; `at` in microseconds. */
  sweep(at: number): Promise<void>
  /** sandboxes that this process holds open */
  size(): number
  /** Lets go of sockets, and takes no more requests. */
  hangUp(): Promise<void>
  stop(): Promise<void>
}

export interface SandboxesParts {
  db: Db
  config: Config
  codes: Pick<Codes, 'identify'>
  keys: SandboxKeys
  profile: AdmissionProfile
  migrations: readonly Migration[]
  /** Opens the platform on a view of the database that has one sandbox. */
  openApp: (db: Db, authenticate: (authorization: string | undefined) => Promise<Actor>) => Promise<OpenedSandbox>
  log: (error: unknown, about: string) => void
}

const TIDY_MS = 10_000
const SWEEP_MS = 60 * 60_000
/** `used` is written at most this often, in microseconds. */
const TOUCH = 60_000_000
const DAY = 86_400_000_000
const MEGABYTE = 1_000_000
/** For so long, in milliseconds, somebody who came through the gate is not asked for again behind it. */
const TRUST_MS = 4_000
/** For so long, in milliseconds, a measure of what a sandbox takes up is believed. */
const MEASURED_MS = 1_000

export function createSandboxes(parts: SandboxesParts): Sandboxes {
  const { db, config, keys, log } = parts
  const limits = { events: config.sandboxEvents, bytes: config.sandboxMegabytes * MEGABYTE }
  const pool = createOpenSandboxes(config.sandboxes, number => db.within(store.schemaOf(number)), openEntry, log)

  async function openEntry(entry: Omit<Entry, 'opened'>): Promise<OpenedSandbox> {
    const organisation = await store.organisationById(db, entry.organisation)
    if (!organisation) throw new Problem('not-found', { detail: `There is no organisation ${entry.organisation}` })
    await store.makeSchema(db, entry.organisation, entry.number)
    await migrate(entry.db, parts.migrations)
    const id = await store.copyOrganisation(entry.db, organisation, now())
    // Whoever is the same organisation outside has another number inside.
    const inside = (actor: Actor): Actor => {
      if (actor.organisation !== entry.organisation) throw new Problem('key-invalid')
      return { ...actor, organisation: id }
    }
    return parts.openApp(entry.db, async authorization => {
      const known = entry.admitted.get(authorization ?? '')
      if (known && Date.now() - known.at < TRUST_MS) return inside(known.actor)
      return inside(await keys.authenticate(authorization))
    })
  }

  /** Measured, unless it was a moment ago. */
  async function measured(entry: Entry): Promise<{ events: number; bytes: number }> {
    const { measured: before } = entry
    if (before && Date.now() - before.at < MEASURED_MS) return before
    entry.measured = { ...(await store.measure(entry.db)), at: Date.now() }
    return entry.measured
  }

  async function refuseFull(entry: Entry): Promise<void> {
    const { events, bytes } = await measured(entry)
    if (events < limits.events && bytes < limits.bytes) return
    const held = `${events} / ${limits.events} events, ${Math.round(bytes / MEGABYTE)} / ${config.sandboxMegabytes} MB`
    const detail = `沙箱已满，请清空后再用 The sandbox is full, reset it (DELETE …/sandbox/data): ${held}`
    throw new Problem('too-large', { detail })
  }

  function refuseOthers(code: string, actor: Actor): void {
    if (actor.organisationCode === code || actor.permissions.has('admin')) return
    const detail = `"admin", or a key of ${code}, is needed`
    throw new Problem('permission-missing', { detail, permission: 'admin' })
  }

  /** The organisation's sandbox, for who may see it: its own keys and `admin`. */
  async function ofOwn(code: string, actor: Actor | null): Promise<store.SandboxRow> {
    if (actor) refuseOthers(code, actor)
    const organisation = await store.findOrganisation(db, code)
    const row = organisation && (await store.findSandbox(db, organisation.id))
    if (!row) throw new Problem('not-found', { detail: `${code} 没有沙箱 ${code} has no sandbox` })
    return row
  }

  async function present(code: string, row: store.SandboxRow): Promise<Sandbox> {
    const entry = pool.find(row.organisation)
    const isOpen = entry?.number === row.number
    let held = { events: 0, bytes: 0 }
    if (isOpen) {
      await entry.opened
      held = await store.measure(entry.db)
    } else if (await store.isMade(db, row.number)) {
      const view = db.within(store.schemaOf(row.number))
      held = await store.measure(view).finally(() => view.close())
    }
    return {
      organisation: code,
      created: iso(row.created),
      reset: row.reset === null ? null : iso(row.reset),
      lastUsed: iso(row.used),
      expires: iso(row.used + config.sandboxDays * DAY),
      open: isOpen,
      ...held,
      limits: { ...limits, documentEvents: Math.min(DOCUMENT_EVENTS, config.captureMaxEvents) },
      keys: await keys.list(row.organisation),
    }
  }

  /** What cannot be dropped now is found by the next sweep. */
  async function drop(organisation: number, number: number): Promise<void> {
    await pool.cut(organisation)
    await store.dropSchema(db, number).catch(error => log(error, `sandbox: drop ${number}`))
  }

  async function remove(organisation: number): Promise<void> {
    const number = await db.tx(async tx => {
      await keys.revokeAll(tx, organisation)
      return store.deleteSandbox(tx, organisation)
    })
    if (number !== undefined) await drop(organisation, number)
  }

  async function sweep(at: number): Promise<void> {
    for (const organisation of await store.unusedSince(db, at - config.sandboxDays * DAY)) await remove(organisation)
    for (const number of await store.strays(db))
      await store.dropSchema(db, number).catch(error => log(error, `sandbox: drop ${number}`))
  }

  let swept = Number.NEGATIVE_INFINITY
  let working: Promise<void> = Promise.resolve()
  async function tidy(): Promise<void> {
    await pool.tidy(Date.now())
    if (Date.now() - swept < SWEEP_MS) return
    swept = Date.now()
    await sweep(now())
  }
  const timer = setInterval(() => {
    working = working.then(tidy).catch(error => log(error, 'sandboxes'))
  }, TIDY_MS)
  timer.unref()

  return {
    gate: {
      asks: isSandboxKey,
      authenticate: keys.authenticate,
      async enter(actor, authorization, writes) {
        const row = await store.findSandbox(db, actor.organisation)
        if (!row) throw new Problem('key-invalid', { detail: '沙箱已关闭 The sandbox was closed' })
        const at = now()
        if (at - row.used > TOUCH)
          void store.touch(db, row.organisation, at).catch(error => log(error, 'sandbox: used'))
        const entry = await pool.enter(row.organisation, row.number)
        try {
          if (entry.admitted.size > 100) entry.admitted.clear()
          entry.admitted.set(authorization, { actor, at: Date.now() })
          if (writes) await refuseFull(entry)
          const { routing } = await entry.opened
          return { routing, left: () => pool.left(entry) }
        } catch (error) {
          pool.left(entry)
          throw error
        }
      },
    },
    async open(code, draft) {
      const organisation = await store.findOrganisation(db, code)
      if (!organisation)
        throw new Problem('not-found', {
          detail: `没有单位 ${code}，请先登记 There is no organisation ${code}: register it (POST /api/organisations)`,
        })
      await store.insertSandbox(db, organisation.id, now())
      return keys.make(organisation.id, draft)
    },
    state: async (code, actor) => present(code, await ofOwn(code, actor)),
    async reset(code, actor) {
      const { organisation } = await ofOwn(code, actor)
      const before = await store.renumber(db, organisation, now())
      if (before !== undefined) await drop(organisation, before)
      return present(code, await ofOwn(code, actor))
    },
    async admit(code, actor) {
      const row = await ofOwn(code, actor)
      const entry = await pool.enter(row.organisation, row.number)
      try {
        const { events } = await entry.opened
        const cases = await checkSandbox({ db: entry.db, codes: parts.codes, events }, parts.profile.cases)
        const passed = cases.every(c => c.passed)
        const at = now()
        const report = { organisation: code, at: iso(at), profile: parts.profile.name, passed, cases }
        await store.putAdmission(db, row.organisation, { at, passed, report })
        return report
      } finally {
        pool.left(entry)
      }
    },
    async admission(code, actor) {
      refuseOthers(code, actor)
      const organisation = await store.findOrganisation(db, code)
      const report = organisation && (await store.findAdmission(db, organisation.id))
      if (!report) throw new Problem('not-found', { detail: `${code} 没有检查报告 no report of ${code}` })
      return report as Admission
    },
    close: async code => remove((await ofOwn(code, null)).organisation),
    sweep,
    size: pool.size,
    hangUp: pool.hangUp,
    async stop() {
      clearInterval(timer)
      await working
      await pool.stop()
    },
  }
}
