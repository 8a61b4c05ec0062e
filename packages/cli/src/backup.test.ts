import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../test/support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../test/support/platform.ts'
import { createPlaces, ENGINE } from '../../server/src/backup/databases.fixture.ts'
import { crypto } from '../../server/src/log/reading.fixture.ts'
import { logKeyFolder } from '../../server/src/log/signing.fixture.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

const places = createPlaces()
const keys = logKeyFolder('trace.example.org/log', crypto)
const file = places.file('platform.yuanliu')
const events = Array.from({ length: 30 }, () => objectEvent())
let platform: Platform

async function yuanliu(argv: string[], env: Record<string, string> = {}) {
  const shell = recorded(env)
  const code = await run(['--lang', 'en', ...argv], shell)
  return { code, out: shell.out(), err: shell.err() }
}

beforeAll(async () => {
  platform = await startPlatform(keys.env)
  await platform.capture(documentOf(events))
  await platform.running.rooms.log.covered(30, 10_000)
})
afterAll(async () => {
  await platform.stop().catch(() => {})
  keys.remove()
  await places.remove()
})

const slow = { timeout: 300_000 }
/** Where the command finds the database of an environment. */
const placeOf = (env: Record<string, string>) =>
  env.DATABASE_URL
    ? ['--database', env.DATABASE_URL, '--data-dir', env.DATA_DIR ?? '']
    : ['--data-dir', env.DATA_DIR ?? '']

describe('yuanliu event delete', () => {
  it('deletes the content of an event, which the log says', async () => {
    const env = { YUANLIU_URL: platform.url, YUANLIU_KEY: ADMIN_KEY }
    const id = String(events[2]?.eventID)
    const argv = ['event', 'delete', id, '--reason', 'by-order', '--ground', 'order 7']
    const done = await yuanliu(argv, env)
    expect([done.code, done.err]).toEqual([0, expect.stringContaining('log entry 2 stays')])
    expect((await platform.call(`/epcis/events/${encodeURIComponent(id)}`)).status).toBe(404)
    const again = await yuanliu(argv, env)
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('No event has this id')])
    const reader = await platform.key('reader', ['read', 'event:void'])
    const refused = await yuanliu(argv, { ...env, YUANLIU_KEY: reader })
    expect(refused.err).toContain('"admin" is needed')
    expect((await yuanliu(['event', 'delete', id, '--ground', 'x'], env)).err).toContain('--reason')
    await platform.running.rooms.log.covered(31, 10_000)
  })
})

describe('yuanliu backup', () => {
  it('writes one through a running platform, for its owner alone, and never over another file', async () => {
    const env = { YUANLIU_KEY: ADMIN_KEY }
    const made = await yuanliu(['backup', file, '--url', platform.url], env)
    expect([made.code, made.err]).toEqual([
      0,
      expect.stringMatching(/tables, \d+ rows, up to capture position 31; checksums verified/),
    ])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(existsSync(`${file}.part`)).toBe(false)
    const before = readFileSync(file)
    expect((await yuanliu(['backup', file, '--url', platform.url], env)).err).toContain('exists already')
    expect(readFileSync(file)).toEqual(before)
    const wrong = await yuanliu(['backup', places.file('no'), '--url', platform.url], { YUANLIU_KEY: 'x'.repeat(40) })
    expect([wrong.code, existsSync(places.file('no.part'))]).toEqual([1, false])
  })

  it(
    'finds the database by its settings: a server at any time, a folder through its platform, or when that has stopped',
    slow,
    async () => {
      const running = await yuanliu(['backup', places.file('running')], {
        ...platform.env,
        YUANLIU_URL: platform.url,
        YUANLIU_KEY: ADMIN_KEY,
      })
      expect(running.code, running.err).toBe(0)
      if (ENGINE === 'embedded') {
        const held = await yuanliu(['backup', places.file('held'), '--data-dir', platform.env.DATA_DIR ?? ''])
        expect([held.code, held.err]).toEqual([1, expect.any(String)])
      }
      const nothing = await yuanliu(['backup', places.file('nothing'), '--data-dir', places.file('nowhere')])
      expect([nothing.code, nothing.err]).toEqual([1, expect.stringContaining('there is no database to back up')])
      expect(existsSync(places.file('nowhere'))).toBe(false)
    },
  )
})

describe('yuanliu restore', () => {
  it('restores into an empty place, verified by yuanliu log verify; a second time it refuses', slow, async () => {
    const env = await places.empty(ENGINE)
    const restored = await yuanliu(['restore', file, ...placeOf(env)])
    expect([restored.code, restored.err]).toEqual([0, expect.stringContaining('rows, capture position 31.')])
    const again = await yuanliu(['restore', file, ...placeOf(env)])
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('The database is not empty')])
    const good = await yuanliu(['log', 'verify', ...(env.DATABASE_URL ? [] : [env.DATA_DIR ?? ''])], env)
    expect(good.out).toContain('events: 29 are what was logged, 1 deleted with a tombstone, 0 waiting')
    const offline = await yuanliu(['backup', places.file('offline'), ...placeOf(env)])
    expect(offline.code, offline.err).toBe(0)
  })

  it('makes the embedded database in a new folder', slow, async () => {
    const DATA_DIR = places.file('fresh')
    const restored = await yuanliu(['restore', file, '--data-dir', DATA_DIR], {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    })
    expect(restored.code, restored.err).toBe(0)
    writeFileSync(join(DATA_DIR, 'last-position'), '{"somewhere": 99}')
    const good = await yuanliu(['log', 'verify', DATA_DIR])
    expect([good.code, good.out]).toEqual([
      0,
      expect.stringContaining('trace.example.org/log: 31 entries, all as signed'),
    ])
  })
})

describe('yuanliu log verify', () => {
  it('verifies a backup offline, every event, and names what was altered', slow, async () => {
    const good = await yuanliu(['log', 'verify', file], keys.env)
    expect([good.code, good.out]).toEqual([
      0,
      'trace.example.org/log: 31 entries, all as signed\nevents: 29 are what was logged, 1 deleted with a tombstone, 0 waiting for the log\n',
    ])
  })

  it('refuses a damaged one', async () => {
    const damaged = readFileSync(file)
    damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] ?? 0) ^ 1
    writeFileSync(places.file('damaged'), damaged)
    const bad = await yuanliu(['log', 'verify', places.file('damaged')])
    expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('the backup is damaged')])
  })
})

describe('yuanliu log retire', () => {
  it('prints the statement, and refuses where there is no log', async () => {
    const none = await yuanliu([
      'log',
      'retire',
      '--new-origin',
      'a.example/log',
      '--reason',
      'x',
      '--data-dir',
      places.file('none'),
    ])
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('There is no log to end')])
    await platform.running.stop()
    const ended = await yuanliu(
      ['log', 'retire', '--new-origin', 'trace.example.org/log2', '--reason', 'moved'],
      platform.env,
    )
    expect([ended.code, ended.err]).toEqual([
      0,
      expect.stringContaining('The log trace.example.org/log has ended with 31 entries'),
    ])
    expect(ended.out).toMatch(
      /^yuanliu log retired v1\norigin trace\.example\.org\/log\n[\s\S]*\nreason moved\n\n— trace\.example\.org\/log \S+\n— trace\.example\.org\/log2 \S+\n$/,
    )
  })
})
