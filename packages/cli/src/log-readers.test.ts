import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../test/support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../test/support/platform.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

async function command(...argv: string[]) {
  const shell = recorded({ YUANLIU_URL: platform.url, YUANLIU_KEY: ADMIN_KEY })
  const code = await run(['--lang', 'en', ...argv], shell)
  return { code, out: shell.out(), err: shell.err() }
}
const yuanliu = (...argv: string[]) => command('log', ...argv)
const own = 'https://own.example.org/counted'
const listed = async () =>
  ((await (await platform.call('/epcis/bizSteps?perPage=1000')).json()).member as string[]).includes(own)
const places = async () => {
  const { readers } = JSON.parse((await yuanliu('readers', '--json')).out)
  return Object.fromEntries(readers.map((r: { name: string }) => [r.name, r]))
}

it('lists who follows the log, and lets one begin again', async () => {
  await platform.capture(documentOf([objectEvent({ bizStep: own }), objectEvent()]))
  expect(await places()).toEqual({
    'event-vocabulary': { name: 'event-vocabulary', position: 0, lag: 2, followers: 1, rebuilds: true },
    subscriptions: { name: 'subscriptions', position: 2, lag: 0, followers: 0, rebuilds: false },
  })
  expect(await (await platform.call('/metrics')).text()).toContain('yuanliu_log_reader_lag_event_vocabulary 2\n')
  expect(await listed()).toBe(true)
  expect((await places())['event-vocabulary']).toMatchObject({ position: 2, lag: 0 })
  expect(await (await platform.call('/metrics')).text()).toContain('yuanliu_log_reader_lag_event_vocabulary 0\n')

  // What it made is gone until it has read it again.
  await platform.running.parts.db.script('insert into event_vocabulary values (1, 999999, 1)')
  const begun = await yuanliu('reader', 'rebuild', 'event-vocabulary')
  expect([begun.code, begun.err]).toEqual([0, 'event-vocabulary: begun again\n'])
  expect(await listed()).toBe(true)
  const left = await platform.running.parts.db.rows({
    strings: ['select term from event_vocabulary where term = 999999'],
    values: [],
  })
  expect(left).toEqual([])

  const text = await yuanliu('readers')
  expect(text.out).toContain('event-vocabulary  at 2  behind by 0  followers 1  can be rebuilt\n')
  expect(text.err).toBe('captured up to 2\n')
  const not = await yuanliu('reader', 'rebuild', 'subscriptions')
  expect([not.code, not.err]).toEqual([1, expect.stringContaining('resend')])
  const none = await yuanliu('reader', 'rebuild', 'nobody')
  expect([none.code, none.err]).toEqual([1, expect.stringContaining('there are')])
})

it('traces as of a day', async () => {
  const item = 'https://id.gs1.org/01/09521234543213/21/as-of'
  const event = objectEvent({ epcList: [item] })
  await platform.capture(documentOf([event]))
  const known = new Date().toISOString()
  await platform.capture(documentOf([objectEvent({ epcList: [item], bizStep: 'receiving' })]))
  const then = await command('trace', item, '--known', known, '--json')
  expect(then.code, then.err).toBe(0)
  expect(JSON.parse(then.out).events).toMatchObject([{ id: event.eventID }])
  expect((await command('trace', item, '--known', known)).out).toMatch(/^As known at 20/)
  const never = await command('trace', item, '--known', 'yesterday')
  expect([never.code, never.err]).toEqual([1, expect.stringContaining('/query/known')])
})
