import { serialCheck } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { get, words } from '../portal/asking.fixture.ts'
import { issuingApi } from './issuing.fixture.ts'

let platform: Platform
let farm: ReturnType<typeof issuingApi>
beforeAll(async () => {
  platform = await startPlatform()
  farm = issuingApi(platform, await platform.key('farm', ['code:issue']))
})
afterAll(() => platform.stop())

const pathOf = (url: string) => url.replace('https://trace.example.org', '')
const page = async (path: string) => {
  const { status, text } = await get(platform.url, `${path}?lang=zh`)
  return { status, text: words(text) }
}
const json = async (path: string) => (await get(platform.url, path, { accept: 'application/json' })).text
const issue = async (draft: Parameters<typeof farm.issue>[0]) => {
  const { body } = await farm.issue(draft)
  return { id: body.id, codes: await farm.codes(body.id) }
}

describe('what a scan says of a code issued here', () => {
  it('follows its state at once, though pages are kept: not in circulation, in force, used, retired, void', async () => {
    const { id, codes } = await issue({ scheme: 'trace-code', count: 3 })
    const path = pathOf(codes[0]!.url)
    const said: [string | null, string, string][] = [
      [null, '尚未启用', 'inactive'],
      ['printed', '尚未启用', 'inactive'],
      ['active', '已登记的编码', 'described'],
      ['used', '编码已使用', 'used'],
      ['retired', '编码已停用', 'retired'],
    ]
    for (const [state, title, kind] of said) {
      if (state) expect((await farm.set({ state, range: id, first: 0, last: 0 })).status).toBe(200)
      await settled(path, title, state ?? 'issued')
      const answer = await page(path)
      expect(answer.status).toBe(200)
      expect(JSON.parse(await json(path))).toMatchObject({ verdict: { kind }, codeState: { state: state ?? 'issued' } })
    }
    await page(pathOf(codes[1]!.url))
    await farm.set({ state: 'void', codes: [codes[1]!.code] })
    await settled(pathOf(codes[1]!.url), '编码已作废')
    expect(JSON.parse(await json(pathOf(codes[1]!.url)))).toMatchObject({
      codeState: { state: 'void', since: expect.any(String) },
    })
    // its neighbour is what it was
    expect((await page(pathOf(codes[2]!.url))).text).toContain('尚未启用')
  })

  it('of a number that was never issued says so; an issued one later says what it is', async () => {
    const { codes } = await issue({ scheme: 'gtin', of: '6901234567892', count: 1, style: 'sequential' })
    const path = pathOf(codes[0]!.url).replace(/0$/, '1')
    await settled(path, '从未发放的编码')
    expect(JSON.parse(await json(path)).codeState).toEqual({ state: 'unissued', since: null })
    await issue({ scheme: 'gtin', of: '6901234567892', count: 1, style: 'sequential' })
    await settled(path, '尚未启用')
    // a serial in another manner is not ours to judge
    const { status, text } = await page('/01/06901234567892/21/ABC')
    expect([status, text]).toEqual([404, expect.stringContaining('本平台没有此编码的记录')])
  })

  it('finds a guessed serial of a random range out', async () => {
    const { codes } = await issue({ scheme: 'gtin', of: '6901234567908', count: 100 })
    const serial = codes[7]!.code.split('/').at(-1)!
    const path = '/01/06901234567908/21/'
    expect((await page(path + serial)).text).toContain('尚未启用')
    const misspelt = serial.replace(/.$/, c => (c === '7' ? '8' : '7'))
    // somebody who knows how check characters are made
    const guesses = ['0000000001', '0003ABCDEF', '0003ABCDEG'].map(body => body + serialCheck('base32-gf32', body))
    for (const wrong of [misspelt, ...guesses]) expect((await page(path + wrong)).text).toContain('从未发放的编码')
  })

  it('puts the state before what was recorded of the item or its lot', async () => {
    const { id, codes } = await issue({ scheme: 'gtin', of: '6901234567915', count: 10 })
    await farm.set({ state: 'active', range: id })
    const key = pathOf(codes[0]!.url).slice(1)
    const lot = '01/06901234567915/10/L1'
    await platform.capture(
      documentOf([
        objectEvent({ epcList: [`https://id.gs1.org/${key}`] }),
        objectEvent({ epcList: undefined, quantityList: [{ epcClass: `https://id.gs1.org/${lot}` }] }),
      ]),
    )
    await settled(`/${key}`, '有追溯记录')
    await farm.set({ state: 'void', codes: [codes[0]!.code, codes[1]!.code] })
    await settled(`/${key}`, '编码已作废')
    const serial = codes[1]!.code.split('/').at(-1)
    expect((await page(`/${lot}/21/${serial}`)).text).toContain('编码已作废')
    expect((await page(`/${lot}/21/${codes[2]!.code.split('/').at(-1)}`)).text).toContain('有追溯记录')
  })

  it('reads a code of the platform as people type it, and marks a mistake', async () => {
    const { codes } = await issue({ scheme: 'trace-code', count: 1 })
    const { text, url } = codes[0]!
    const moved = await get(platform.url, `/t?code=${encodeURIComponent(text.toLowerCase())}`)
    expect(moved.status).toBe(303)
    expect((await page(String(moved.headers.location))).text).toContain('尚未启用')
    expect((await page(`/t/${text}`)).text).toContain('尚未启用')
    const wrong = text.replace(/.$/, c => (c === '0' ? '1' : '0'))
    expect((await page(`/t/${wrong}`)).status).toBe(400)
    expect(pathOf(url)).toBe(`/t/${text.replaceAll('-', '')}`)
  })
})

/** A page may be behind by a second. */
async function settled(path: string, text: string, state?: string) {
  const until = Date.now() + 1_000
  for (;;) {
    const asked = Date.now()
    const found = (await page(path)).text
    if (found.includes(text) && (!state || JSON.parse(await json(path)).codeState.state === state)) return
    if (asked > until) throw new Error(`${path} does not say ${text}: ${found.slice(0, 400)}`)
  }
}
