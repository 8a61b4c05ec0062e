import { ROLE } from '@yuanliu/core'
import { contentsOf } from './contents.ts'
import { eventsOf, isLoaded, isParent, type KnownUnit, type LivedUnit, unitOf } from './known.ts'
import { firstNaming, INPUT, type KnownEvent, nextNaming, OUTPUT, partBit, SUBJECT, unitsIn } from './known-event.ts'
import { type Carrier, eachUnit, type Lane, newLane, type Reached, reachedIn, WAY } from './lane.ts'
import { candidatesOf, membershipOf } from './lots.ts'
import { type Containment, containmentsOf } from './nesting.ts'
import { compare, END, earlier, firstFrom, later, type Position } from './position.ts'
import { carry, type Reach, reach } from './reach.ts'
import { run, type Search } from './search.ts'
import { follow, transformationOf } from './transformation.ts'

/** What a forward walk has found. */
export interface ForwardLanes {
  readonly forward: Lane
  /** what follows from records of a lot that did not say which of its items were meant */
  readonly possible: Lane
  /** the lots so recorded, and their carriers: no part of the answer themselves */
  readonly recorded: Lane
  /** lot → the items in whose place it was recorded */
  readonly recordedFor: Map<KnownUnit, Set<KnownUnit>>
}

/** Where a unit goes: searches forward from `start` since a position. */
export async function walkOn(search: Search, start: string, since: Position): Promise<ForwardLanes> {
  const lanes: ForwardLanes = {
    forward: newLane('forward'),
    possible: newLane('possible'),
    recorded: newLane('recorded'),
    recordedFor: new Map(),
  }
  reachOn(search, lanes.forward, {
    unit: unitOf(search.known, start),
    limit: since,
    depth: 0,
    way: WAY.start,
    event: NO_EVENT,
  })
  await run(search, task => {
    if (task.kind === 'carrier') return expandCarrier(search, lanes, task)
    return task.lane === lanes.recorded ? expandRecorded(search, lanes, task) : expandReached(search, lanes, task)
  })
  return lanes
}

const NO_EVENT = {} as KnownEvent

function reachOn(search: Search, lane: Lane, to: Reach): void {
  reach(search, lane, to, compare)
}

function expandReached(search: Search, lanes: ForwardLanes, task: Reached): boolean {
  const { unit, lane, limit, depth } = task
  if (!isLoaded(unit, search.missing)) return false
  const { events, parts } = unit.life
  const goesOn = depth < search.depth
  let complete = true
  for (let i = firstFrom(events, limit); i < events.length; i++) {
    const event = events[i] as KnownEvent
    search.events.add(event)
    if (goesOn && (parts[i] as number) & INPUT && !followProducts(search, lane, event, depth)) complete = false
  }
  if (!carryOn(search, task)) complete = false
  if (isParent(unit) && !followContents(search, task, unit)) complete = false
  if (!goesOn) return complete
  if (unit.level === 'lot' && !followItems(search, task, unit)) complete = false
  const membership = membershipOf(search.known, unit)
  if (membership) record(search, lanes, task, membership.lot)
  return complete
}

/** Rule 2: carriers from the limit on. */
function carryOn(search: Search, { unit, lane, limit, depth }: Reached): boolean {
  const containments = containmentsOf(search.known, unit, search.missing)
  for (const c of containments ?? []) {
    if (c.seen && lane.name === 'recorded') continue
    carryOver(search, lane, c, limit, END, depth)
  }
  return containments !== null
}

/** Carries the parent over what the containment shares with a window, and takes in the events that open and end it. */
function carryOver(search: Search, lane: Lane, c: Containment, start: Position, end: Position, depth: number): void {
  const from = later<Position>(c.open, start)
  const to = earlier<Position>(c.close ?? END, end)
  if (compare(from, to) > 0) return
  carry(search, lane, c.parent, from, to, depth)
  if (lane.name === 'recorded') return
  if (c.open === from) search.events.add(c.open)
  if (c.close && c.close === to) search.events.add(c.close)
}

/** Rule 3: outputs of the transformation that `at` feeds. */
function followProducts(search: Search, lane: Lane, at: KnownEvent, depth: number): boolean {
  const transformation = transformationOf(search.known, at, search.missing)
  if (!transformation) return false
  lane.transformations.add(transformation)
  if (!follow(transformation, lane.name, { at, depth }, compare)) return true
  for (const event of transformation.events) {
    if (compare(event, at) < 0) continue
    for (const unit of unitsIn(event, OUTPUT))
      reachOn(search, lane, {
        unit,
        limit: event,
        depth: depth + 1,
        way: WAY.product,
        event,
      })
  }
  return true
}

/** Rule 4: the items of a lot. */
function followItems(search: Search, task: Reached, lot: LivedUnit): boolean {
  let complete = true
  for (const item of candidatesOf(lot)) {
    if (!isLoaded(item, search.missing)) {
      complete = false
      continue
    }
    const membership = membershipOf(search.known, item)
    if (membership?.lot !== lot.key) continue
    const limit = later<Position>(membership.since, task.limit)
    reachOn(search, task.lane, { unit: item, limit, depth: task.depth + 1, way: WAY.item, event: membership.since })
  }
  return complete
}

/** Rule 5: contents. */
function followContents(search: Search, task: Reached, unit: LivedUnit): boolean {
  const contents = contentsOf(search.known, unit, search.missing)
  for (const { child, stay } of contents ?? []) {
    if (stay.close !== null && compare(stay.close, task.limit) < 0) continue
    const limit = later<Position>(stay.open, task.limit)
    reachOn(search, task.lane, { unit: child, limit, depth: task.depth, way: WAY.content, event: stay.open })
  }
  return contents !== null
}

/** Rule 6: the lot of an item may stand in its place. */
function record(search: Search, lanes: ForwardLanes, task: Reached, lot: string): void {
  const { limit, depth } = task
  const record = unitOf(search.known, lot)
  const itself = reachedIn(lanes.forward, record)
  // What follows from the lot itself follows for certain.
  if (itself && compare(itself.limit, limit) <= 0) return
  const items = lanes.recordedFor.get(record) ?? new Set<KnownUnit>()
  lanes.recordedFor.set(record, items)
  eachUnit(task, item => items.add(item))
  reachOn(search, lanes.recorded, { unit: record, limit, depth, way: WAY.lot, event: NO_EVENT })
}

function expandRecorded(search: Search, lanes: ForwardLanes, task: Reached): boolean {
  const { unit, limit, depth } = task
  if (!isLoaded(unit, search.missing)) return false
  let complete = carryOn(search, task)
  const { events } = unit.life
  for (let i = firstFrom(events, limit); i < events.length; i++) {
    const event = events[i] as KnownEvent
    if (isInputAsSuch(event, unit) && !follows(search, lanes, task, event, depth)) complete = false
  }
  return complete
}

function follows(search: Search, lanes: ForwardLanes, task: Reached | Carrier, at: KnownEvent, depth: number): boolean {
  const transformation = transformationOf(search.known, at, search.missing)
  if (transformation) task.lane.transformations.add(transformation)
  return followProducts(search, lanes.possible, at, depth)
}

/** Named itself, not only by items of it. */
function isInputAsSuch(event: KnownEvent, lot: KnownUnit): boolean {
  for (let i = firstNaming(event, lot); i >= 0; i = nextNaming(event, lot, i)) {
    const role = event.facts.roles[i]
    if (partBit(role) === INPUT && role !== ROLE.lotOfInput) return true
  }
  return false
}

function expandCarrier(search: Search, lanes: ForwardLanes, task: Carrier): boolean {
  const { unit, lane, depth } = task
  const recorded = lane === lanes.recorded
  const containments = containmentsOf(search.known, unit, search.missing)
  const events = eventsOf(unit)
  let complete = containments !== null
  for (const window of task.windows) {
    for (let i = firstFrom(events, window.from); i < events.length; i++) {
      const event = events[i] as KnownEvent
      if (compare(event, window.to) > 0) break
      const parts = unit.life?.parts[i] ?? 0
      if (parts & SUBJECT && !recorded) search.events.add(event)
      // A container used up with its contents uses them up.
      if (!(parts & INPUT) || depth >= search.depth) continue
      const done = recorded ? follows(search, lanes, task, event, depth) : followProducts(search, lane, event, depth)
      if (!done) complete = false
    }
    for (const c of containments ?? []) {
      if (!c.seen) carryOver(search, lane, c, window.from, window.to, depth)
    }
  }
  return complete
}

/** Whether the depth limit kept a unit from leading further. */
export function leadsOn({ unit, limit }: Reached): boolean {
  const events = eventsOf(unit)
  for (let i = firstFrom(events, limit); i < events.length; i++) if ((unit.life?.parts[i] ?? 0) & INPUT) return true
  if (unit.level !== 'lot') return false
  return [...events, ...(unit.holds?.pointers ?? [])].some(e => e.facts.lots?.includes(unit.key))
}
