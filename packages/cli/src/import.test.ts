import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../test/support/events.ts'
import { ADMIN_KEY, type Platform, startPlatform } from '../../../test/support/platform.ts'
import { sql } from '../../server/src/lib/db/sql.ts'
import { importFiles } from './import.ts'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

const GS1 = join(process.cwd(), '../shared/vectors/gs1-epcis')

let platform: Platform
let folder: string

beforeAll(async () => {
  platform = await startPlatform()
  folder = mkdtempSync(join(tmpdir(), 'yuanliu-import-'))
})
afterAll(async () => {
  await platform.stop()
  rmSync(folder, { recursive: true, force: true })
})

const shell = (language: 'zh' | 'en' = 'en') =>
  recorded({ YUANLIU_URL: platform.url, YUANLIU_KEY: ADMIN_KEY }, language)

function write(name: string, value: unknown): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

async function events(): Promise<number> {
  const rows = await platform.running.parts.db.rows<{ count: number }>(sql`select count(*)::int as count from event`)
  return rows[0]?.count ?? 0
}

describe.skipIf(!existsSync(GS1))("GS1's own documents (skipped where ../shared/vectors is absent)", () => {
  const totals = (text: string) =>
    /Total: (\d+) files, (\d+) skipped, (\d+) refused; events accepted (\d+) · duplicate (\d+) · conflict (\d+) · rejected (\d+)/
      .exec(text)
      ?.slice(1)
      .map(Number) ?? []

  // AssociationEvent-h gives one event two different eventIDs, which the platform refuses and the command says.
  it('are all taken; a second run accepts nothing; ids used twice are conflicts', async () => {
    const first = shell()
    expect(await importFiles(first, [join(GS1, 'JSON')]), first.out()).toBe(0)
    expect([...first.out().matchAll(/^(.*): note - member (\S+) /gm)].map(m => [basename(m[1] ?? ''), m[2]])).toEqual([
      ['AssociationEvent-h.jsonld', '/epcisBody/eventList/0/eventID'],
    ])
    const [files, skipped, refused, accepted = 0, duplicate = 0, conflict = 0, rejected] = totals(first.out())
    expect(files).toBeGreaterThanOrEqual(46)
    expect([skipped, refused, rejected]).toEqual([0, 0, 0])
    expect(accepted).toBeGreaterThan(40)
    expect(await events()).toBe(accepted)
    const ids = [...first.out().matchAll(/^ {2}\S.* event \d+ (\S+): conflict/gm)].map(match => match[1])
    expect(ids).toHaveLength(conflict)
    expect(new Set(ids).size).toBe(3)

    const second = shell()
    expect(await importFiles(second, [join(GS1, 'JSON')])).toBe(0)
    const again = totals(second.out())
    expect(again[3]).toBe(0)
    expect((again[4] ?? 0) + (again[5] ?? 0)).toBe(accepted + duplicate + conflict)
    expect(again[5]).toBe(conflict)
    expect(await events()).toBe(accepted)
  })

  it('skip what is no document of events, saying why', async () => {
    const { out, ...rest } = shell()
    expect(await importFiles({ ...rest }, [join(GS1, 'REST Bindings'), join(GS1, 'JSON-Schema', 'schemas')])).toBe(0)
    expect(out()).toMatch(/skipped - (no EPCIS document|EPCIS\w* without|it holds no)/)
    expect(out()).toMatch(/, 0 refused/)
  })
})

describe('yuanliu import', () => {
  it('prints conflicts and rejections with file, place, id and reason; the exit code tells rejections', async () => {
    const event = objectEvent()
    const a = write('two/a.json', documentOf([event]))
    const b = write('two/b.jsonld', documentOf([objectEvent(), { ...event, disposition: 'damaged' }]))
    write('two/notes.txt', 'not read')
    const first = shell()
    expect(await importFiles(first, [join(folder, 'two')])).toBe(0)
    expect(first.out()).toContain(`${a}  accepted 1 · duplicate 0 · conflict 0 · rejected 0`)
    expect(first.out()).toContain(`${b} event 1 ${event.eventID}: conflict`)
    expect(first.out()).toContain('reported by platform')

    const c = write('c.json', documentOf([objectEvent(), objectEvent({ bizStep: 'shiping', eventID: 'urn:x:wrong' })]))
    const refused = shell('zh')
    expect(await importFiles(refused, [c])).toBe(1)
    expect(refused.out()).toContain(`${c}：整个文档被拒`)
    expect(refused.out()).toMatch(/\/epcisBody\/eventList\/1\/bizStep: /)

    const proceed = shell()
    expect(await importFiles(proceed, [c], { proceed: true })).toBe(1)
    expect(proceed.out()).toContain('accepted 1 · duplicate 0 · conflict 0 · rejected 1')
    expect(proceed.out()).toMatch(/event 1 urn:x:wrong: rejected - .*bizStep/)
  })

  it('takes bare events, and goes on after a file that is refused', async () => {
    const event = objectEvent({ '@context': documentOf([])['@context'] })
    const paths = [
      write('broken.json', '{"a": [1,'),
      write('cut.json', '{"type":"EPCISDocument","epcisBody":{"eventList":[{'),
      write('event.json', event),
      write('again.json', event),
      write('other.json', { ...event, disposition: 'damaged' }),
    ]
    const said = shell()
    expect(await importFiles(said, paths, { quiet: true })).toBe(1)
    expect(said.out()).toContain('broken.json: refused - the JSON is not complete')
    expect(said.out()).toContain('cut.json: refused - ')
    expect(said.out()).toContain(`${event.eventID}: conflict`)
    expect(said.out()).toContain('5 files, 0 skipped, 2 refused; events accepted 1 · duplicate 1 · conflict 1')
    expect(said.out()).not.toContain('event.json  accepted')
  })

  it('waits for a job that still runs, and draws a bar on a terminal only', async () => {
    const big = write('big.json', documentOf(Array.from({ length: 3000 }, () => objectEvent())))
    const said = shell()
    let drawn = ''
    const draw = (text: string) => {
      drawn += text
    }
    const terminal = { write: draw, isTTY: true, columns: 100 }
    expect(await importFiles({ ...said, stderr: terminal }, [big])).toBe(0)
    expect(said.out()).toContain('accepted 3000')
    expect(drawn).toContain('%')
    expect(drawn.endsWith('\r\x1b[2K')).toBe(true)
    const plain = shell()
    await importFiles(plain, [big])
    expect(plain.out()).toContain('accepted 0 · duplicate 3000')
    expect(plain.err()).toBe('')
  })

  it('waits as Retry-After says while the platform is busy', async () => {
    const path = write('later.json', documentOf([objectEvent()]))
    const busy = await startPlatform({ CAPTURE_MAX_OPEN: '1' })
    try {
      const env = { YUANLIU_URL: busy.url, YUANLIU_KEY: ADMIN_KEY }
      // A capture that stays open: its body does not end until it is told to.
      let finish = () => {}
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(' '))
          finish = () => controller.close()
        },
      })
      const open = busy.call('/epcis/capture', { method: 'POST', body, duplex: 'half' } as RequestInit)
      await expect.poll(async () => (await (await busy.call('/health')).json()).openCaptures).toBe(1)
      const said = recorded(env)
      const done = importFiles(said, [path])
      await expect.poll(said.err, { timeout: 5000 }).toContain('trying again in 2 s')
      finish()
      expect((await open).status).toBe(400)
      expect(await done).toBe(0)
      expect(said.out()).toContain('accepted 1')
    } finally {
      await busy.stop()
    }
  })

  it('says what to do about a wrong key, no key, no permission, no server, no file', async () => {
    const path = write('one.json', documentOf([objectEvent()]))
    const fail = async (env: Record<string, string>, ...argv: string[]) => {
      const said = recorded(env)
      expect(await run(['import', '--lang', 'en', ...argv], said)).toBe(1)
      return said.err()
    }
    const url = { YUANLIU_URL: platform.url }
    const reader = await platform.key('reader', ['read'])
    expect(await fail({ ...url, YUANLIU_KEY: 'x'.repeat(40) }, path)).toMatch(/taken from YUANLIU_KEY[\s\S]*\(401\)/)
    expect(await fail({ ...url, YUANLIU_KEY: reader }, path)).toContain('lacks the permission (403)')
    expect(await fail({ ...url, DATA_DIR: folder }, path)).toMatch(/No access key: set YUANLIU_KEY.*bootstrap-key/)
    expect(await fail({ ...url, YUANLIU_KEY: 'a b' }, path)).toContain('The access key in YUANLIU_KEY')
    const none = await fail({ YUANLIU_URL: 'http://127.0.0.1:9', YUANLIU_KEY: ADMIN_KEY }, path)
    expect(none).toMatch(/http:\/\/127\.0\.0\.1:9 does not answer \(.+\)\. Is the platform running\?/)
    expect(await fail({ YUANLIU_URL: 'localhost', YUANLIU_KEY: ADMIN_KEY }, path)).toContain('check YUANLIU_URL')
    const admin = { ...url, YUANLIU_KEY: ADMIN_KEY }
    expect(await fail(admin, join(folder, 'nowhere'))).toContain('no such file or folder')
    expect(await fail(admin, folder.replace(/$/, '/empty'))).toContain('no such file or folder')
    for (const text of [none]) expect(text).not.toContain(ADMIN_KEY)
  })

  it('reads the bootstrap file of DATA_DIR', async () => {
    const path = write('boot.json', documentOf([objectEvent()]))
    write('var/bootstrap-key', `${ADMIN_KEY}\n`)
    const said = recorded({ YUANLIU_URL: platform.url, DATA_DIR: join(folder, 'var') })
    expect(await importFiles(said, [path]), said.err()).toBe(0)
  })
})
