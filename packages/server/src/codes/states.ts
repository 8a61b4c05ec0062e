import {
  CODE_LIMITS,
  CODE_STATE_FROM,
  type CodeChange,
  type CodeState,
  type Codes,
  type Input,
  type IssuedState,
  Problem,
  type Reply,
  type setCodeStates,
} from '@yuanliu/core'
import { iso, now } from '../lib/clock.ts'
import type { Db, Queryable } from '../lib/db/db.ts'
import type { Actor } from '../lib/http/mount.ts'
import { type Interval, type Run, setState } from './intervals.ts'
import type { Located, Locator } from './locate.ts'
import type { Ranges } from './ranges.ts'
import * as stateStore from './state-store.ts'

type Request = Input<typeof setCodeStates>['body']

/** A code that this platform issues, as a scan sees it. */
export interface CodeStanding {
  state: IssuedState
  /** ISO 8601 instant since which it is so; null where it was never issued */
  since: string | null
  /** organisation that takes its codes there */
  organisation: number
}

export interface States {
  set(request: Request, actor: Actor): Promise<Reply<typeof setCodeStates>>
  /** What is known of a unit key as a code issued here; null where it is none of ours. */
  standing(key: string): Promise<CodeStanding | null>
  /** State of a code with its changes, newest first. */
  of(located: Located): Promise<{ state: CodeState; since: string; changes: CodeChange[] }>
}

/** Refused stretches that an answer names. */
const NAMED = 20
const CHANGES = 100

/** States of issued codes: of ranges at a time, kept as intervals, with every change. */
export function createStates(parts: { db: Db; codes: Codes; ranges: Ranges; locator: Locator }): States {
  const { db, ranges, locator } = parts

  /** The runs of codes that a request means, by range. */
  async function wanted(request: Request, actor: Actor): Promise<Map<number, Run[]>> {
    if (request.codes) {
      if (request.range !== undefined || request.first !== undefined || request.last !== undefined)
        throw wrong('/codes', 'either codes, or a range with first and last 编码与编码段只能给一种')
      return locator.runs(request.codes, actor)
    }
    if (request.range === undefined) throw wrong('/range', 'a range or codes are expected 应给出编码段或编码')
    const { range } = await ranges.find(request.range, actor)
    const first = request.first ?? 0
    const last = request.last ?? range.count - 1
    if (last >= range.count)
      throw wrong('/last', `the range has the codes 0 to ${range.count - 1} 本段编号为 0 至 ${range.count - 1}`)
    if (first > last) throw wrong('/first', 'must not be after last 不得大于 last')
    return new Map([[range.id, [{ first, last }]]])
  }

  return {
    async set(request, actor) {
      const runs = await wanted(request, actor)
      const at = now()
      return db.tx(async tx => {
        const sum = { state: request.state, changed: 0, unchanged: 0 }
        // in one order, so that two requests for the same ranges wait for each other instead of for ever
        for (const [range, mine] of [...runs].sort(([a], [b]) => a - b)) {
          const { changed, unchanged } = await setInRange(tx, range, mine, request, actor, at)
          sum.changed += changed
          sum.unchanged += unchanged
        }
        if (sum.changed > 0) await stateStore.touchClock(tx)
        return sum
      })
    },

    async standing(key) {
      const [located] = await locator.locate([key])
      if (!located) return null
      const organisation = located.space.organisation
      if (located.range === null) return { state: 'unissued', since: null, organisation }
      const [found] = await stateStore.statesAt(db, [{ range: located.range.id, n: located.n }])
      return found ? { state: found.state, since: iso(found.since), organisation } : null
    },

    async of({ range, n }) {
      const [found] = await stateStore.statesAt(db, [{ range: range.id, n }])
      if (!found) throw new Error(`range ${range.id} has no state for code ${n}`)
      const changes = await stateStore.listChanges(db, range.id, n, n, CHANGES)
      return { state: found.state, since: iso(found.since), changes: changes.map(presentChange) }
    },
  }
}

export function presentChange(row: stateStore.ChangeRow): CodeChange {
  const { first, last, state, note } = row
  return { first, last, state, at: iso(row.at), organisation: row.organisation_code, by: row.key_id, note }
}

async function setInRange(
  tx: Queryable,
  range: number,
  runs: readonly Run[],
  request: Request,
  actor: Actor,
  at: number,
): Promise<{ changed: number; unchanged: number }> {
  await stateStore.lockRange(tx, range)
  const [first, last] = [runs[0]!.first, runs.at(-1)!.last]
  const before = await stateStore.intervalsAround(tx, range, first, last, CODE_LIMITS.pieces + 1)
  if (before.length > CODE_LIMITS.pieces) {
    throw new Problem('too-large', {
      detail: `The codes ${first} to ${last} of range ${range} are in more than ${CODE_LIMITS.pieces} pieces of different states; set them in parts 请分段设置`,
    })
  }
  const from: ReadonlySet<CodeState> = new Set(CODE_STATE_FROM[request.state])
  const only = request.only ? new Set<CodeState>(request.only) : null
  const result = setState(before, runs, { state: request.state, since: at, from, only })
  if (result.refused.length) throw refusal(range, request.state, result.refused)
  if (result.changed === 0) return result
  await stateStore.replaceIntervals(tx, range, before, result.intervals)
  await stateStore.insertChanges(tx, {
    range,
    runs,
    state: request.state,
    at,
    organisation: actor.organisation,
    keyId: actor.keyId,
    note: request.note ?? '',
  })
  return result
}

function refusal(range: number, state: CodeState, refused: readonly Interval[]): Problem {
  const [one] = refused
  const many = refused.reduce((sum, r) => sum + r.last - r.first + 1, 0)
  const ways = CODE_STATE_FROM[state].join(', ')
  return new Problem('code-state-conflict', {
    detail:
      `${many} codes of range ${range} cannot become "${state}": ${one?.first} to ${one?.last} are "${one?.state}", and only ${ways} lead there; nothing was changed. ` +
      `Leave them out with "only". ${many} 个编码不能变为“${state}”，未作任何更改。`,
    range,
    refused: refused.slice(0, NAMED).map(({ first, last, state: is }) => ({ first, last, state: is })),
  })
}

function wrong(pointer: string, message: string): Problem {
  return new Problem('invalid-input', { errors: [{ pointer, message }] })
}
