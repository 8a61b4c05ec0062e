import type { TraceCut } from '@yuanliu/core'
import { byKey, byUnitKey, type Known, type KnownUnit, load } from './known.ts'
import type { KnownEvent } from './known-event.ts'
import { type Carrier, eachUnit, type Lane, type Reached, reachedIn } from './lane.ts'
import type { Life } from './life.ts'

export interface Budget {
  units: number
  events: number
  /** milliseconds */
  ms: number
}

export interface Search {
  readonly known: Known
  readonly budget: Budget
  /** steps by the origin, product and lot rules */
  readonly depth: number
  readonly startedAt: number
  /** what marks a unit as counted against the budget of this search, and how many were */
  readonly bit: 1 | 2
  /** levels of what units came from that may be loaded with them */
  readonly ahead: number
  units: number
  readonly events: Set<KnownEvent>
  /** asked for in the next batch */
  readonly missing: Set<KnownUnit>
  agenda: (Reached | Carrier)[]
  /** records of this round that units of the same life may still join */
  readonly open: Map<Life, Reached>
  proposed: (Reached | Carrier)[]
  cut: { limit: TraceCut['limit']; keys: Set<string> } | null
}

/** Levels asked for ahead. Forward, a level is large and little is gained. */
export const AHEAD = { backward: 12, forward: 0 }

export function newSearch(
  known: Known,
  budget: Budget,
  depth: number,
  startedAt: number,
  direction: 'backward' | 'forward',
): Search {
  return {
    known,
    budget,
    depth,
    startedAt,
    bit: direction === 'backward' ? 1 : 2,
    ahead: AHEAD[direction],
    units: 0,
    events: new Set(),
    missing: new Set(),
    agenda: [],
    open: new Map(),
    proposed: [],
    cut: null,
  }
}

/**
 * Searches breadth first. A round expands what the round before reached, in key order, and ends with one batch for
 * whatever is missing. `expand` returns false if it could not finish for want of a unit that it named in `missing`;
 * it is called again then, so it must not mind being repeated. The time limit cuts no search before its start was
 * looked at, however long that took.
 */
export async function run(search: Search, expand: (task: Reached | Carrier) => boolean): Promise<void> {
  const expired = () => performance.now() - search.startedAt > search.budget.ms
  admit(search)
  await loadNext(search, () => false)
  while (search.agenda.length > 0) {
    // Where the limit may be met, each unit is a task of its own: the order of keys decides which come in.
    if (search.known.names.events.length >= search.budget.events) setAllApart(search, search.agenda)
    const tasks = search.agenda
    tasks.sort((a, b) => byKey(a.unit.key, b.unit.key) || byKey(a.lane.name, b.lane.name))
    for (const task of tasks) task.queued = false
    search.agenda = []
    for (let i = 0; i < tasks.length; i++) {
      if (i > 0 && i % 256 === 0 && expired()) return cutOff(search, 'time', tasks.slice(i))
      const task = tasks[i] as Reached | Carrier
      if (task.unit.life === null) enqueue(search, task)
      else if (!task.expanded && search.events.size >= search.budget.events) cutOff(search, 'events', [task])
      else {
        task.expanded = true
        if (!expand(task)) enqueue(search, task)
      }
    }
    admit(search)
    const complete = await loadNext(search, expired)
    if (!complete || (search.agenda.length > 0 && expired())) return cutOff(search, 'time', search.agenda)
  }
}

/** Puts a task on the agenda of the next round, once. */
export function enqueue(search: Search, task: Reached | Carrier): void {
  if (task.queued) return
  task.queued = true
  search.agenda.push(task)
}

async function loadNext(search: Search, expired: () => boolean): Promise<boolean> {
  for (const task of search.agenda) if (task.unit.life === null) search.missing.add(task.unit)
  const complete = await load(search.known, search.missing, expired, search.ahead)
  search.missing.clear()
  return complete
}

/** Lets the units that a round reached into the search, in key order, as far as the budget goes. */
function admit(search: Search): void {
  search.open.clear()
  if (sizeOf(search.proposed) > search.budget.units - search.units) setAllApart(search, search.proposed)
  const { proposed } = search
  search.proposed = []
  proposed.sort((a, b) => byUnitKey(a.unit, b.unit))
  const refused: (Reached | Carrier)[] = []
  for (const task of proposed) {
    // A lot that only stands for its items is no part of the answer.
    if (task.lane.name !== 'recorded' && !countAll(search, task)) refused.push(task)
    else if (task.unit.level !== 'class') enqueue(search, task)
  }
  if (refused.length === 0) return
  cutOff(search, 'units', refused)
  forget(refused)
}

function sizeOf(tasks: readonly (Reached | Carrier)[]): number {
  let size = tasks.length
  for (const task of tasks) if (task.kind === 'reached' && task.others) size += task.others.length
  return size
}

/** Counts the units of a task; there is room for all of them, or it has one. */
function countAll(search: Search, task: Reached | Carrier): boolean {
  let all = true
  if (task.kind === 'carrier') return count(search, task.unit)
  eachUnit(task, unit => {
    if (!count(search, unit)) all = false
  })
  return all
}

/** Puts in the place of every task that stands for several units one for each of them. */
function setAllApart(search: Search, tasks: readonly (Reached | Carrier)[]): void {
  const gone = new Set<Reached | Carrier>()
  for (const task of [...tasks]) {
    if (task.kind === 'carrier' || !task.others) continue
    eachUnit(task, unit => setApart(search, task.lane, unit))
    gone.add(task)
  }
  if (gone.size === 0) return
  const isLeft = (task: Reached | Carrier) => !gone.has(task)
  search.agenda = search.agenda.filter(isLeft)
  search.proposed = search.proposed.filter(isLeft)
  for (const lane of new Set(Array.from(gone, task => task.lane))) lane.reached = lane.reached.filter(isLeft)
}

/** Gives a unit records of its own; that of the lane is returned. */
export function setApart(search: Search, lane: Lane, unit: KnownUnit): Reached {
  const records: Reached[] = []
  for (let r = unit.reached; r; r = r.next) records.push(r)
  let next: Reached | null = null
  for (const record of records.reverse()) {
    if (!record.others) {
      record.next = next
      next = record
      continue
    }
    const own: Reached = { ...record, unit, others: null, next, queued: false }
    record.lane.reached.push(own)
    if ((record.lane.name === 'backward') === (search.bit === 1)) {
      if (record.queued) enqueue(search, own)
      if (!record.expanded) search.proposed.push(own)
    }
    next = own
  }
  unit.reached = next
  return reachedIn(lane, unit) as Reached
}

/** Counts a unit against the budget, once; false where there is no room. */
export function count(search: Search, unit: KnownUnit): boolean {
  if (unit.counted & search.bit) return true
  if (search.units >= search.budget.units) return false
  unit.counted |= search.bit
  search.units++
  return true
}

/** The search stops here for these; the first limit that is met names the cut. */
function cutOff(search: Search, limit: TraceCut['limit'], tasks: readonly (Reached | Carrier)[]): void {
  search.cut ??= { limit, keys: new Set() }
  const { keys } = search.cut
  for (const task of tasks) {
    if (task.kind === 'carrier') keys.add(task.unit.key)
    else eachUnit(task, unit => keys.add(unit.key))
  }
}

function forget(tasks: readonly (Reached | Carrier)[]): void {
  const gone = new Set<Reached | Carrier>(tasks)
  const lanes = new Set<Lane>()
  for (const task of tasks) {
    const { lane, unit } = task
    if (task.kind === 'carrier') {
      lane.carriers.delete(unit)
      continue
    }
    lanes.add(lane)
    if (unit.reached === task) unit.reached = task.next
    else for (let r = unit.reached; r; r = r.next) if (r.next === task) r.next = task.next
  }
  for (const lane of lanes) lane.reached = lane.reached.filter(r => !gone.has(r))
}

/** What the cut says: the units reached but not expanded, at most 1,000 of them named. */
export function cutOf(search: Search): TraceCut | null {
  if (!search.cut) return null
  const keys = [...search.cut.keys].sort(byKey)
  return { limit: search.cut.limit, unexpanded: keys.slice(0, 1000), unexpandedTotal: keys.length }
}
