import { afterEach, expect, it } from 'vitest'
import { createLine, GRACE_MS, type Line } from './line.ts'

const lines: Line[] = []
afterEach(() => {
  for (const line of lines.splice(0)) line.stop()
})

/** A line over positions that the test sets: what is captured, has an entry, and is published. */
function world(published: number | null) {
  const state = { captured: 0, loggable: 0, published, clock: 0 }
  const tell: (() => void)[] = []
  const line = createLine({
    captured: async () => state.captured,
    loggable: async position => Math.min(position, state.loggable),
    published: () => state.published,
    onPublished: listener => void tell.push(listener),
    poll: 60_000,
    log: error => {
      throw error
    },
    clock: () => state.clock,
  })
  lines.push(line)
  return {
    line,
    state,
    publish(position: number) {
      state.published = position
      for (const one of tell) one()
    },
  }
}

it('is everything captured where there is no log, or it has not begun', async () => {
  const { line, state } = world(null)
  state.captured = state.loggable = 7
  await line.look()
  expect(line.head()).toBe(7)
})

it('is what a checkpoint covers; what has no entry is covered with what lies before it', async () => {
  const { line, state, publish } = world(0)
  let moved = 0
  line.onMoved(() => moved++)
  state.captured = state.loggable = 5
  await line.look()
  expect(line.head()).toBe(0)
  publish(3)
  await line.look()
  expect([line.head(), line.seen()]).toEqual([3, 5])
  publish(5)
  await expect.poll(() => line.head()).toBe(5)
  // Duplicates and registrations take positions without entries.
  state.captured = 9
  await line.look()
  expect([line.head(), moved]).toEqual([9, 3])
})

it('waits no longer than the grace for a log that stands still', async () => {
  const { line, state } = world(2)
  state.captured = state.loggable = 6
  await line.look()
  expect(line.head()).toBe(2)
  state.clock += GRACE_MS - 1
  state.captured = state.loggable = 8
  await line.look()
  expect(line.head()).toBe(2)
  state.clock += 1
  await line.look()
  // What came meanwhile has a wait of its own.
  expect(line.head()).toBe(6)
  state.clock += GRACE_MS
  await line.look()
  expect(line.head()).toBe(8)
})

it('upToNow resolves when what is captured at the call is covered, or when the line ends', async () => {
  const { line, state, publish } = world(0)
  state.captured = state.loggable = 4
  let reached = false
  const waiting = line.upToNow().then(() => {
    reached = true
  })
  await line.look()
  expect(reached).toBe(false)
  publish(4)
  await waiting
  expect(line.head()).toBe(4)
  state.captured = state.loggable = 6
  const ended = line.upToNow()
  await line.look()
  line.stop()
  await ended
  expect(line.head()).toBe(4)
})

it('knows of captures by what it is told, without asking', () => {
  const { line } = world(null)
  line.nudge(12)
  expect([line.seen(), line.head()]).toEqual([12, 0])
})
