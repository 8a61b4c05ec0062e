import { randomUUID } from 'node:crypto'
import {
  type Alias,
  type AliasDraft,
  type Codes,
  type ForeignPlatform,
  type Link,
  type LinkDraft,
  type PlatformDraft,
  Problem,
  parseTime,
} from '@yuanliu/core'
import { now } from '../lib/clock.ts'
import type { Db } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import { type AliasKinds, textKey } from './aliases.ts'
import { levelsOf } from './levels.ts'
import type { LinkTypes } from './link-types.ts'
import { aliasOf, linkOf, platformAnswer } from './present.ts'
import { type Fitting, fittingOf, malformedCode, resolveText } from './readings.ts'
import * as store from './store.ts'

/** What organisations register about codes. */
export interface Manage {
  /** Throws 400 where the draft is wrong, 403 where the product is another organisation's. */
  createLink(actor: Actor, draft: LinkDraft): Promise<Link>
  deleteLink(actor: Actor, id: string): Promise<Link>
  createAlias(actor: Actor, draft: AliasDraft): Promise<Alias>
  deleteAlias(actor: Actor, id: string): Promise<Alias>
  createPlatform(actor: Actor, draft: PlatformDraft): Promise<ForeignPlatform>
  deletePlatform(id: string): Promise<ForeignPlatform>
}

export interface ManageParts {
  db: Db
  codes: Codes
  types: LinkTypes
  kinds: AliasKinds
}

export function createManage({ db, codes, types, kinds }: ManageParts): Manage {
  /** One unit that a text names; several or none are the caller's to mend. */
  function oneUnit(text: string, pointer: string): Fitting {
    const resolved = resolveText(codes, text)
    const units = fittingOf(resolved).filter((unit, _, all) => all.length === 1 || unit.scheme !== 'uri')
    if (resolved.kind === 'malformed') throw malformedCode(codes, text, resolved.faults, pointer)
    if (units.length === 1) return units[0]!
    const choices = units.map(unit => unit.canonical)
    throw wrong(pointer, `several codes are written so; give one of them in full 请写出完整编码: ${choices.join(', ')}`)
  }

  /**
   * What is said of a product is for the organisation to say that described it first; for a platform's administrator, too.
   * Throws 403.
   */
  async function mayManage(actor: Actor, keys: readonly string[], what: string): Promise<void> {
    if (actor.permissions.has('admin')) return
    const holders = await store.describers(db, keys)
    const owner = keys.map(key => holders.get(key)).find(holder => holder !== undefined)
    if (owner === actor.organisation) return
    throw new Problem('permission-missing', {
      detail:
        owner === undefined
          ? `${what}: describe it first (EPCIS master data), so that it is known to be yours 请先用主数据登记该产品`
          : `${what}: another organisation described it first 该产品由其他单位登记`,
      permission: 'admin',
    })
  }

  const ownersOf = (key: string) => [codes.classKey(key), key].filter(k => k !== null)

  async function changed<T>(work: (tx: Parameters<Parameters<Db['tx']>[0]>[0]) => Promise<T>): Promise<T> {
    return db.tx(async tx => {
      await store.countChange(tx)
      return work(tx)
    })
  }

  return {
    async createLink(actor, draft) {
      const unit = oneUnit(draft.code, '/code')
      const anchor = levelsOf(codes, unit)[0] ?? unit.key
      await mayManage(actor, ownersOf(unit.key), unit.canonical)
      const linkType = types.uriOf(draft.linkType)
      const refusal = types.refusal(linkType)
      if (refusal) throw wrong('/linkType', refusal)
      const href = webAddress(draft.href, '/href')
      const from = instant(draft.from, '/from')
      const until = instant(draft.until, '/until')
      if (from !== null && until !== null && until <= from) throw wrong('/until', 'must be after "from" 应晚于 from')
      const languages = draft.languages ?? []
      const context = draft.context ?? []
      const same = (await store.linksAt(db, [anchor])).find(
        l => l.link_type === linkType && l.href === href && equal(l.languages, languages) && equal(l.context, context),
      )
      const row = {
        id: same?.id ?? randomUUID(),
        anchor,
        link_type: linkType,
        href,
        title: draft.title.trim() || types.shortOf(linkType),
        languages,
        media_type: draft.mediaType ?? null,
        context,
        default_as: draft.default ?? 'none',
        organisation: actor.organisation,
        created: now(),
        valid_from: from,
        valid_until: until,
      } as const
      await changed(tx => store.putLink(tx, row))
      return linkOf(codes, await found(store.link(db, row.id), row.id))
    },

    async deleteLink(actor, id) {
      const row = await found(store.link(db, id), id)
      mine(actor, row.organisation_code)
      await changed(tx => store.removeLink(tx, id))
      return linkOf(codes, row)
    },

    async createAlias(actor, draft) {
      const unit = oneUnit(draft.code, '/code')
      const kind = kinds.kinds.get(draft.kind)
      if (!kind) throw wrong('/kind', `one of ${[...kinds.kinds.keys()].join(', ')}`)
      const printed = codes.identify(draft.former).find((r): r is Fitting => r.ok && r.scheme !== 'uri')
      const formerKey = printed?.key ?? textKey(draft.former)
      if (!formerKey) throw wrong('/former', 'a number of up to 200 characters 应为不超过 200 个字符的号码')
      if (formerKey === unit.key) throw wrong('/former', 'this is the code itself 与编码相同')
      await mayManage(actor, ownersOf(unit.key), unit.canonical)
      // nobody leads readers of another's product to his own
      const holders = await store.describers(db, printed ? ownersOf(printed.key) : [])
      const holder = [...holders.values()][0]
      if (holder !== undefined) await mayManage(actor, ownersOf(printed!.key), printed!.canonical)
      if (await leadsBack(unit.key, formerKey))
        throw new Problem('already-exists', { detail: `${unit.canonical} leads to ${draft.former} already 别名成环` })
      const row = { former: draft.former.trim(), former_key: formerKey, target: unit.key, kind: kind.id }
      const more = { id: randomUUID(), since: draft.since ?? null, organisation: actor.organisation, created: now() }
      const id = await changed(tx => store.putAlias(tx, { ...row, ...more }))
      return aliasOf(codes, await found(store.alias(db, id), id))
    },

    async deleteAlias(actor, id) {
      const row = await found(store.alias(db, id), id)
      mine(actor, row.organisation_code)
      await changed(tx => store.removeAlias(tx, id))
      return aliasOf(codes, row)
    },

    async createPlatform(actor, draft) {
      const { match, prefix } = draft
      if (match === 'company-prefix' && !/^\d{3,12}$/.test(prefix))
        throw wrong('/prefix', '3 to 12 digits 3 至 12 位数字')
      if (match === 'scheme' && !codes.schemes.has(prefix))
        throw wrong('/prefix', `one of the schemes known 应为已知编码方案: ${[...codes.schemes.keys()].join(', ')}`)
      if (match === 'uri' && !/^[a-z][a-z0-9+.-]*:./i.test(prefix)) throw wrong('/prefix', 'the beginning of a URI')
      const query = draft.query === undefined ? null : draft.query
      if (query !== null) webAddress(query.replaceAll('{code}', 'x'), '/query')
      const id = await changed(tx =>
        store.putPlatform(tx, {
          id: randomUUID(),
          match,
          prefix,
          name_zh: draft.name.zh,
          name_en: draft.name.en,
          home: webAddress(draft.home, '/home'),
          query,
          state: draft.state ?? 'active',
          organisation: actor.organisation,
          created: now(),
        }),
      )
      return platformAnswer(await found(platform(id), id))
    },

    async deletePlatform(id) {
      const row = await found(platform(id), id)
      await changed(tx => store.removePlatform(tx, id))
      return platformAnswer(row)
    },
  }

  async function platform(id: string): Promise<store.PlatformRow | undefined> {
    return (await store.platforms(db)).find(row => row.id === id)
  }

  /** Whether aliases lead from one key to another. */
  async function leadsBack(from: string, to: string): Promise<boolean> {
    const seen = new Set<string>()
    for (let keys = [from]; keys.length > 0; ) {
      for (const key of keys) seen.add(key)
      const targets = (await store.aliasesFrom(db, keys)).map(row => row.target)
      if (targets.includes(to)) return true
      keys = targets.filter(target => !seen.has(target))
    }
    return false
  }
}

function wrong(pointer: string, message: string): Problem {
  return new Problem('invalid-input', { detail: message, errors: [{ pointer, message }] })
}

async function found<T>(row: Promise<T | undefined>, id: string): Promise<T> {
  const value = await row
  if (value === undefined) throw new Problem('not-found', { detail: `There is none with the id ${id}` })
  return value
}

/** Only the organisation that registered something removes it; an administrator may, too. */
function mine(actor: Actor, organisation: string): void {
  if (actor.organisationCode === organisation || actor.permissions.has('admin')) return
  throw new Problem('permission-missing', {
    detail: `It was registered by ${organisation} 由其他单位登记`,
    permission: 'admin',
  })
}

/** An http(s) address in its one spelling. Throws 400. */
function webAddress(text: string, pointer: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) throw wrong(pointer, 'an http:// or https:// address 应为 http(s) 网址')
  if (url.username || url.password)
    throw wrong(pointer, 'an address without user name and password 网址不应含用户名或密码')
  return url.href
}

/** Microseconds; null where nothing is given. Throws 400. */
function instant(text: string | undefined, pointer: string): number | null {
  if (text === undefined) return null
  const time = parseTime(text)
  if (time === null) throw wrong(pointer, 'an ISO 8601 instant such as 2026-10-01T08:00:00+08:00 应为带时区的时间')
  return time
}

const equal = (a: readonly string[], b: readonly string[]) => a.join('\n') === b.join('\n')
