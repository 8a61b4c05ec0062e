import { join } from 'node:path'
import {
  type Alias,
  type AreaNames,
  type Codes,
  type KnownScheme,
  type Link,
  type ParsedCode,
  Problem,
  type Resolution,
} from '@yuanliu/core'
import { readJsonFile } from '../lib/data.ts'
import type { Db } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import { pageOf } from './address.ts'
import { type AliasKinds, followAliases, type Lead, readAliasKinds } from './aliases.ts'
import { type Consulted, consult, newConsulted } from './consulted.ts'
import { describeResolver, type ResolverDescription } from './describe.ts'
import { levelsOf } from './levels.ts'
import { type LinkTypes, readLinkTypes } from './link-types.ts'
import { createManage, type Manage } from './manage.ts'
import { parseAnswer } from './parse-answer.ts'
import { type Elsewhere, platformOf } from './platforms.ts'
import { aliasOf, linkOf, platformAnswer } from './present.ts'
import { type Fitting, fittingOf, malformedCode, resolveText } from './readings.ts'
import * as store from './store.ts'

export { pageOf, pathOfKey } from './address.ts'
export type { AliasKinds, Lead } from './aliases.ts'
export type { WebLink } from './choose.ts'
export { type Consulted, newConsulted, stillStands } from './consulted.ts'
export { levelsOf } from './levels.ts'
export { linkHeader } from './link-header.ts'
export type { LinkTypes } from './link-types.ts'
export { LINKSET_CONTEXT, linksetOf, linksetOfSome } from './linkset.ts'
export { type Asked, type Choice, choose, type Level, linksOfLevel, locationOf } from './offer.ts'
export type { Elsewhere } from './platforms.ts'
export { aliasOf, codeOfAnchor, linkOf } from './present.ts'
export {
  type Failed,
  type Fitting,
  fittingOf,
  keyOfText,
  malformedCode,
  primaryPaths,
  type Resolved,
  readingOfKey,
  resolveText,
} from './readings.ts'
export type { AliasRow, LinkRow } from './store.ts'

/** Links and former numbers that stand at the levels of a code. */
export interface About {
  /** those in force now */
  links: store.LinkRow[]
  formerly: store.AliasRow[]
}

/** What a text means and where it leads: readings, links, aliases, other platforms. */
export interface Resolve extends Manage {
  types: LinkTypes
  kinds: AliasKinds
  parse(text: string): { readings: ParsedCode[]; schemes?: KnownScheme[] }
  description(): ResolverDescription
  /** Units to which a text leads by aliases; `lot` is one named beside it. */
  leads(consulted: Consulted, text: string, readings: readonly Fitting[], lot: string | null): Promise<Lead[]>
  /** What is registered at these places. */
  about(consulted: Consulted, anchors: readonly string[]): Promise<About>
  /** The platform that holds a code of which nothing is known here. It is not asked. */
  elsewhere(consulted: Consulted, reading: Fitting): Promise<Elsewhere | null>
  /** Units that have events, of their own or of a lot or item of theirs. */
  recorded(keys: readonly string[]): Promise<Set<string>>
  /**
   * Unit keys that a text may stand for, best first: those that it says, then those to which aliases lead, which are
   * looked for only when they are asked for. Throws 400 with the place of the fault where it stands for none.
   */
  keysOf(text: string, pointer: string): AsyncIterable<string>
  /** Throws 400 for no code, 404 where nothing is known of it. */
  resolve(text: string): Promise<Resolution>
  links(actor: Actor, code: string | undefined, after: string | undefined): Promise<{ links: Link[]; next?: string }>
  aliases(
    actor: Actor,
    code: string | undefined,
    after: string | undefined,
  ): Promise<{ aliases: Alias[]; next?: string }>
  platforms(): Promise<ReturnType<typeof platformAnswer>[]>
}

export interface ResolveParts {
  db: Db
  codes: Codes
  publicUrl: string
  dataFolder: string
  clock?: () => number
}

const PAGE = 200
const FIRST = '00000000-0000-0000-0000-000000000000'

export function createResolve({ db, codes, publicUrl, dataFolder, clock = Date.now }: ResolveParts): Resolve {
  const types = readLinkTypes(dataFolder)
  const kinds = readAliasKinds(dataFolder)
  const { names: areas } = readJsonFile(join(dataFolder, 'vocab/areas.json')) as { names: AreaNames }

  function leads(consulted: Consulted, text: string, readings: readonly Fitting[], lot: string | null) {
    const asked = { readings, text, withLot: readings.length > 0 ? null : kinds.withLot(text) }
    return followAliases(codes, asked, lot, keys => consult(consulted, [], () => store.aliasesFrom(db, keys)))
  }

  async function about(consulted: Consulted, anchors: readonly string[]): Promise<About> {
    const rows = await consult(consulted, [], () => store.linksAt(db, anchors))
    const formerly = await consult(consulted, [], () => store.aliasesTo(db, anchors))
    const now = clock()
    for (const { valid_from, valid_until } of rows) {
      for (const micros of [valid_from, valid_until]) {
        const at = micros === null ? 0 : Math.ceil(micros / 1000)
        if (at > now) consulted.changesAt = Math.min(consulted.changesAt, at)
      }
    }
    const inForce = (row: store.LinkRow) =>
      (row.valid_from ?? 0) <= now * 1000 && now * 1000 < (row.valid_until ?? Number.POSITIVE_INFINITY)
    return { links: rows.filter(inForce), formerly }
  }

  async function elsewhere(consulted: Consulted, reading: Fitting): Promise<Elsewhere | null> {
    const rows = await consult(consulted, [], () => store.platforms(db))
    return platformOf(codes, rows, reading)
  }

  /** Readings of a text: a web address that carries a code is that code, unless only the address has records. */
  async function candidatesOf(text: string, pointer: string) {
    const consulted = newConsulted(await store.revision(db))
    const resolved = resolveText(codes, text)
    const readings = fittingOf(resolved)
    const found = (await leads(consulted, text, readings, null)).map(lead => lead.unit)
    if (readings.length + found.length === 0)
      throw malformedCode(codes, text, resolved.kind === 'malformed' ? resolved.faults : [], pointer)
    const units = new Map([...readings, ...found].map(unit => [unit.key, unit]))
    const keys = [...units.keys()]
    const [withRecords, described] = await Promise.all([store.recorded(db, keys), store.describers(db, keys)])
    const known = keys.filter(key => withRecords.has(key) || described.has(key)).map(key => units.get(key)!)
    return { consulted, units: codesFirst([...units.values()]), known: codesFirst(known) }
  }

  return {
    ...createManage({ db, codes, types, kinds }),
    types,
    kinds,
    parse: text => parseAnswer(codes, areas, text),
    description: () => describeResolver(codes, types, publicUrl),
    leads,
    about,
    elsewhere,
    recorded: keys => store.recorded(db, keys),

    async *keysOf(text, pointer) {
      const resolved = resolveText(codes, text)
      const readings = fittingOf(resolved)
      for (const { key } of readings) yield key
      const consulted = newConsulted(await store.revision(db))
      const found = await leads(consulted, text, readings, null)
      if (readings.length + found.length === 0)
        throw malformedCode(codes, text, resolved.kind === 'malformed' ? resolved.faults : [], pointer)
      for (const { unit } of found) yield unit.key
    },

    async resolve(text) {
      const { consulted, units, known } = await candidatesOf(text, '/query/code')
      const single = known.length === 1 ? known[0]! : units.length === 1 ? units[0]! : null
      if (known.length > 1 || (known.length === 0 && !single)) {
        const held = known.length > 1 ? [] : await Promise.all(units.map(unit => elsewhere(consulted, unit)))
        const only = held.filter(Boolean).length === 1 ? units[held.findIndex(Boolean)]! : null
        if (!only) return ambiguous(known.length > 1 ? known : units, publicUrl)
        return resolutionOf(consulted, only, false)
      }
      return resolutionOf(consulted, single!, known.length === 1)
    },

    async links(actor, code, after) {
      const rows =
        code === undefined
          ? await store.linksOf(db, actor.organisation, after ?? FIRST, PAGE + 1)
          : await store.linksAt(db, anchorsOf(code))
      return { links: rows.slice(0, PAGE).map(row => linkOf(codes, row)), ...nextOf(code, rows) }
    },
    async aliases(actor, code, after) {
      const rows =
        code === undefined
          ? await store.aliasesOf(db, actor.organisation, after ?? FIRST, PAGE + 1)
          : await store.aliasesTo(db, anchorsOf(code))
      return { aliases: rows.slice(0, PAGE).map(row => aliasOf(codes, row)), ...nextOf(code, rows) }
    },
    platforms: async () => (await store.platforms(db)).map(platformAnswer),
  }

  /** The places of a code and of everything above it. Throws 400. */
  function anchorsOf(text: string): string[] {
    const resolved = resolveText(codes, text)
    if (resolved.kind === 'malformed') throw malformedCode(codes, text, resolved.faults, '/query/code')
    return [...new Set(fittingOf(resolved).flatMap(unit => levelsOf(codes, unit)))]
  }

  async function resolutionOf(consulted: Consulted, unit: Fitting, here: boolean): Promise<Resolution> {
    const { links, formerly } = await about(consulted, levelsOf(codes, unit))
    const found = here ? null : await elsewhere(consulted, unit)
    if (!here && !found && links.length === 0 && !(await isProductKnown(unit)))
      throw new Problem('code-unknown', {
        detail: `${unit.canonical}: no records here, and no platform is registered for its prefix 本平台没有记录，也没有登记管理此前缀的平台`,
        scheme: unit.scheme,
        level: unit.level,
      })
    const home = found
      ? { ...platformAnswer(found.platform), address: found.platform.home, self: false }
      : { name: { zh: '本平台', en: 'this platform' }, address: publicUrl, self: true, state: 'active' as const }
    return {
      state: found ? 'elsewhere' : 'here',
      code: unit.canonical,
      scheme: unit.scheme,
      type: unit.level,
      home: { name: home.name, address: home.address, self: home.self, state: home.state },
      address: found ? found.address : pageOf(publicUrl, unit.key),
      links: links.map(row => linkOf(codes, row)),
      formerly: formerly.map(row => aliasOf(codes, row)),
    }
  }

  /** Of a lot or item of which nothing is known, the product may be. */
  async function isProductKnown(unit: Fitting): Promise<boolean> {
    const product = codes.classKey(unit.key)
    return product !== null && (await store.describers(db, [product])).size > 0
  }
}

/** Without the address that carries a code, where there is a code. */
function codesFirst(units: Fitting[]): Fitting[] {
  const carried = units.filter(unit => unit.scheme !== 'uri')
  return carried.length > 0 ? carried : units
}

function ambiguous(units: readonly Fitting[], publicUrl: string): Resolution {
  const candidates = units.map(unit => ({
    scheme: unit.scheme,
    code: unit.canonical,
    address: pageOf(publicUrl, unit.key),
  }))
  const none = { code: null, scheme: null, type: null, home: null, address: null }
  return { state: 'ambiguous', ...none, links: [], formerly: [], candidates }
}

function nextOf(code: string | undefined, rows: readonly { id: string }[]): { next?: string } {
  return code === undefined && rows.length > PAGE ? { next: rows[PAGE - 1]!.id } : {}
}
