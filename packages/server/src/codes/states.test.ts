import { randomInt } from 'node:crypto'
import { CODE_STATE_FROM, CODE_STATES } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { sql } from '../lib/db/sql.ts'
import { issuingApi } from './issuing.fixture.ts'

let platform: Platform
let farm: ReturnType<typeof issuingApi>
let shop: ReturnType<typeof issuingApi>
beforeAll(async () => {
  platform = await startPlatform()
  farm = issuingApi(platform, await platform.key('farm', ['code:issue']))
  shop = issuingApi(platform, await platform.key('shop', ['code:issue']))
})
afterAll(() => platform.stop())

async function range(count: number): Promise<number> {
  return (await farm.issue({ scheme: 'trace-code', count })).body.id
}
const statesOf = async (id: number) =>
  (await farm.call<{ states: Record<string, number>; changes: Record<string, unknown>[] }>(`/api/codes/ranges/${id}`))
    .body
const rows = (id: number) => platform.running.parts.db.rows(sql`select * from code_state where range = ${id}`)

describe('states of codes', () => {
  it('of a million change as one row, with who and when', async () => {
    const id = await range(1_000_000)
    expect((await farm.set({ state: 'printed', range: id })).body).toEqual({
      state: 'printed',
      changed: 1_000_000,
      unchanged: 0,
    })
    const done = await farm.set({ state: 'active', range: id, note: '产线 3' })
    expect(done).toMatchObject({ status: 200, body: { changed: 1_000_000, unchanged: 0 } })
    expect((await rows(id)).length).toBe(1)
    const { states, changes } = await statesOf(id)
    expect(states).toEqual({ active: 1_000_000 })
    expect(changes).toMatchObject([
      {
        first: 0,
        last: 999_999,
        state: 'active',
        organisation: 'farm',
        note: '产线 3',
        by: expect.any(String),
        at: expect.any(String),
      },
      { first: 0, last: 999_999, state: 'printed', organisation: 'farm', note: '' },
    ])
  })

  it('split where a part or a single code is set, and join again', async () => {
    const id = await range(1000)
    const codes = await farm.codes(id)
    await farm.set({ state: 'active', range: id, first: 100, last: 199 })
    expect((await rows(id)).length).toBe(3)
    const named = [codes[150]!.text, codes[150]!.url, codes[151]!.code, codes[5]!.code.toLowerCase()]
    expect((await farm.set({ state: 'void', codes: named })).body).toMatchObject({ changed: 3, unchanged: 0 })
    expect((await statesOf(id)).states).toEqual({ issued: 899, active: 98, void: 3 })
    const listed = await farm.codes(id)
    expect(listed.filter(c => c.state === 'void').map(c => c.n)).toEqual([5, 150, 151])
    expect(listed.filter(c => c.state === 'active').map(c => c.n)[0]).toBe(100)
    const { body } = await farm.call<Record<string, unknown>>(`/api/codes/lookup?code=${codes[150]!.text}`)
    expect(body).toMatchObject({
      n: 150,
      state: 'void',
      range: { id },
      changes: [{ state: 'void' }, { state: 'active' }],
    })
  })

  it('do nothing twice: what is in the state already stays as it is', async () => {
    const id = await range(10)
    await farm.set({ state: 'active', range: id, first: 0, last: 4 })
    const before = await rows(id)
    expect((await farm.set({ state: 'active', range: id, first: 0, last: 4 })).body).toMatchObject({
      changed: 0,
      unchanged: 5,
    })
    expect(await rows(id)).toEqual(before)
    expect((await farm.set({ state: 'active', range: id })).body).toMatchObject({ changed: 5, unchanged: 5 })
    expect((await statesOf(id)).changes.length).toBe(2)
  })

  it('take no way that there is not: 409 in words, and nothing is changed', async () => {
    const id = await range(100)
    await farm.set({ state: 'void', range: id, first: 40, last: 49 })
    const refused = await farm.set({ state: 'active', range: id })
    expect(refused.status).toBe(409)
    expect(refused.body.type).toContain('code-state-conflict')
    expect(refused.body.detail).toMatch(
      /10 codes .* 40 to 49 are "void".*only issued, printed lead there; nothing was changed/,
    )
    expect(refused.body).toMatchObject({ range: id, refused: [{ first: 40, last: 49, state: 'void' }] })
    expect((await statesOf(id)).states).toEqual({ issued: 90, void: 10 })
    const rest = await farm.set({ state: 'active', range: id, only: ['issued', 'printed'] })
    expect(rest.body).toMatchObject({ changed: 90, unchanged: 10 })
  })

  it('know every way between two states', async () => {
    for (const target of CODE_STATES.filter(s => s !== 'issued')) {
      for (const source of CODE_STATES) {
        const id = await range(1)
        for (const step of wayTo(source)) expect((await farm.set({ state: step, range: id })).status).toBe(200)
        const { status } = await farm.set({ state: target, range: id })
        const expected = source === target || CODE_STATE_FROM[target].includes(source) ? 200 : 409
        expect(status, `${source} → ${target}`).toBe(expected)
      }
    }
    expect((await farm.set({ state: 'issued', range: await range(1) })).status).toBe(400)
  })

  it('of requests in parallel come out as of some order, none lost', async () => {
    const id = await range(2000)
    const parts = Array.from({ length: 20 }, (_, i) => ({ first: i * 100, last: i * 100 + 99 }))
    const answers = await Promise.all(parts.map(part => farm.set({ state: 'active', range: id, ...part })))
    expect(answers.every(a => a.status === 200)).toBe(true)
    const voids = Array.from({ length: 20 }, () => randomInt(2000))
    await Promise.all(voids.map(n => farm.set({ state: 'void', range: id, first: n, last: n })))
    const voided = new Set(voids).size
    expect((await statesOf(id)).states).toEqual({ active: 2000 - voided, void: voided })
  })

  it('are set by who took the codes, and say what is wrong with a request', async () => {
    const id = await range(10)
    const [code] = await farm.codes(id)
    expect((await shop.set({ state: 'active', range: id })).status).toBe(404)
    const foreign = await shop.set({ state: 'active', codes: [code!.code] })
    expect(foreign).toMatchObject({ status: 404, body: { errors: [{ pointer: '/codes/0' }] } })
    expect((await shop.call(`/api/codes/lookup?code=${code!.text}`)).status).toBe(404)
    const guessed = 'Y000-1000-0000-0010'
    const cases: [Record<string, unknown>, number, string][] = [
      [{ state: 'active' }, 400, '/range'],
      [{ state: 'active', range: id, codes: [code!.code] }, 400, '/codes'],
      [{ state: 'active', range: id, last: 10 }, 400, '/last'],
      [{ state: 'active', range: id, first: 5, last: 4 }, 400, '/first'],
      [{ state: 'broken', range: id }, 400, '/state'],
      [{ state: 'active', codes: [code!.code, '6901234567893'] }, 400, '/codes/1'],
      [{ state: 'active', codes: ['(01)06901234567892(21)7'] }, 404, '/codes/0'],
      [{ state: 'active', codes: [guessed] }, 400, '/codes/0'],
    ]
    for (const [body, status, pointer] of cases) {
      const answer = await farm.set(body)
      expect(answer.status, JSON.stringify(body)).toBe(status)
      expect(answer.body.errors[0]?.pointer).toBe(pointer)
    }
    expect((await statesOf(id)).states).toEqual({ issued: 10 })
  })
})

/** States to pass from `issued` to reach one. */
function wayTo(state: string): string[] {
  if (state === 'issued') return []
  if (state === 'used' || state === 'retired') return ['active', state]
  return [state]
}
