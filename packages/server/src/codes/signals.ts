import { type Codes, Problem, parseTime, type ScanSignal } from '@yuanliu/core'
import { iso } from '../lib/clock.ts'
import type { Db } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import * as store from './scan-store.ts'
import type { ScanRules } from './scans.ts'

export interface SignalQuery {
  since: string | undefined
  after: { last: number; id: number } | null
  limit: number
}

export interface Signals {
  /** Newest first: of the codes that the caller's organisation issued or reported; for a regulator, all. */
  list(actor: Actor, query: SignalQuery): Promise<{ row: store.SignalRow; signal: ScanSignal }[]>
}

/** What is suspicious in the scans of codes. */
export function createSignals({ db, codes, rules }: { db: Db; codes: Codes; rules: ScanRules }): Signals {
  const titles = new Map(rules.signals.rules.map(rule => [rule.id, rule.title]))
  return {
    async list(actor, { since, after, limit }) {
      const seesAll = actor.permissions.has('oversight') || actor.permissions.has('admin')
      const rows = await store.listSignals(db, seesAll ? null : actor.organisation, timeOf(since), after, limit)
      const names = await store.organisationCodes(
        db,
        rows.flatMap(row => row.organisations),
      )
      return rows.map(row => ({
        row,
        signal: {
          code: codes.codeOf(row.unit),
          rule: row.rule,
          title: titles.get(row.rule) ?? { zh: row.rule, en: row.rule },
          organisations: row.organisations.flatMap(id => names.get(id) ?? []),
          first: iso(row.first),
          last: iso(row.last),
          detail: row.detail,
        },
      }))
    },
  }
}

function timeOf(text: string | undefined): number | null {
  if (text === undefined) return null
  // a "+" in a query is a space to form decoders
  const time = parseTime(text.replace(' ', '+'))
  if (time !== null) return time
  throw new Problem('invalid-query', {
    errors: [
      { pointer: '/query/since', message: 'an ISO 8601 instant such as 2026-10-01T08:00:00+08:00 应为带时区的时间' },
    ],
  })
}
