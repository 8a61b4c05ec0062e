import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { type Got, get as getFrom, words } from './asking.fixture.ts'
import { CUSTOMER, LOT, PALLET, SECRET, STORE, story } from './portal.fixture.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ PUBLIC_URL: 'https://trace.example.org' })
  await platform.capture(story())
})
afterAll(() => platform.stop())

const get = (path: string, headers?: Record<string, string>, method?: string): Promise<Got> =>
  getFrom(platform.url, path, headers, method)

describe('the page of a unit', () => {
  it('tells verdict, product, journey, documents, company, actions and coverage, in this order', async () => {
    const { status, text } = await get(`/${LOT}?lang=zh`)
    expect(status).toBe(200)
    const page = words(text)
    const order = [
      'English',
      '大字版',
      '公共产品追溯平台',
      '有追溯记录',
      '测试调和油',
      '批号',
      'L1',
      '生产日期',
      '流转过程',
      '收货',
      '发货',
      '装箱',
      '由 1 种原料制成',
      '原料来源',
      '测试毛油',
      '检验与证书',
      '使用与储存',
      '含大豆',
      '企业',
      '测试油厂',
      '投诉举报',
      '本页二维码',
      '这些信息说明了什么',
      '原始数据',
    ]
    let from = 0
    for (const piece of order) {
      const found = page.indexOf(piece, from)
      expect(found, `"${piece}" after ${page.slice(Math.max(0, from - 30), from)}`).toBeGreaterThan(-1)
      from = found
    }
    expect(text).toContain('<svg class="qr"')
    expect(text).toContain('href="tel:12315"')
  })

  it('says that it has a part only where there is too much, and not that nothing is missing', async () => {
    const item = (n: number) => `https://id.gs1.org/01/09521234543213/21/MANY${n}`
    const made = objectEvent({
      type: 'TransformationEvent',
      epcList: undefined,
      action: undefined,
      bizStep: 'creating_class_instance',
      disposition: 'active',
      inputEPCList: Array.from({ length: 600 }, (_, i) => item(i + 1)),
      outputEPCList: [item(0)],
    })
    const sold = objectEvent({ epcList: [item(0)], bizStep: 'retail_selling', disposition: 'retail_sold' })
    await platform.capture(documentOf([made, sold]))
    const page = words((await get(`/01/09521234543213/21/MANY0?lang=zh`)).text)
    expect(page).toContain('共 2 步')
    expect(page).toContain('记录很多，本页只查到一部分。')
    expect(page).not.toContain('没有发现缺失')
  })

  it('speaks English where asked, by header or by address', async () => {
    const byHeader = await get(`/${LOT}`, { 'accept-language': 'en-GB,zh;q=0.5' })
    const byAddress = await get(`/${LOT}?lang=en`, { 'accept-language': 'zh' })
    for (const { text, headers } of [byHeader, byAddress]) {
      expect(text).toContain('<html lang="en"')
      expect(words(text)).toContain('Test blended oil')
      expect(headers['content-language']).toBe('en')
    }
    expect(byAddress.text).toMatch(/href="[^"]*lang=en[^"]*size=large/)
    expect((await get(`/${LOT}`)).text).toContain('<html lang="zh-CN"')
  })

  it('says what is missing as 未提供, never as a slash', async () => {
    const lot = '01/09521321000100/10/LOST'
    await platform.capture(
      documentOf([
        objectEvent({
          epcList: undefined,
          quantityList: [{ epcClass: `https://id.gs1.org/${lot}` }],
          readPoint: { id: `https://id.gs1.org/${STORE}` },
          bizLocation: undefined,
          destinationList: [{ type: 'possessing_party', destination: `https://id.gs1.org/${CUSTOMER}` }],
        }),
      ]),
    )
    const zh = words((await get(`/${lot}?lang=zh`)).text)
    expect(zh).toContain('收货记录：未提供')
    const en = words((await get(`/${lot}?lang=en`)).text)
    expect(en + zh).not.toContain(SECRET)
    expect(en).toContain('Record of receipt: not provided')
    expect(zh).not.toMatch(/(?:^| )\/(?: |$)/)
  })

  it('answers any notation, and a serial number that nobody recorded with its lot', async () => {
    for (const path of [
      `/gtin/09521321000100/lot/L1`,
      `/t/${encodeURIComponent('(01)09521321000100(10)L1')}`,
      `/${LOT}/`,
    ]) {
      expect((await get(path)).status, path).toBe(200)
    }
    const item = await get(`/${LOT}/21/S9?lang=zh`)
    expect(item.status).toBe(200)
    expect(words(item.text)).toContain('本平台没有这个序列号的记录')
    expect((await get(`/${PALLET}`)).status).toBe(200)
  })

  it('leads from a typed code to its page and keeps the look', async () => {
    const answer = await get(`/t?code=${encodeURIComponent(' (01)09521321000100(10)L1 ')}&lang=en&size=large`)
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe(`/${LOT}?lang=en&size=large`)
    expect((await get('/t?code=')).headers.location).toBe('/')
    expect((await get('/t?code=%2F%2Fevil.example.org')).headers.location).toBe('/t/%2F%2Fevil.example.org')
  })

  it('reads the four lines of a seed label, however they came through the form', async () => {
    const lines = ['登海605', '山东登海种业股份有限公司', '37068300100000012345', 'https://seed.example.cn/t/1']
    const places = new Set<string>()
    for (const gap of ['\r\n', '\n', ' ', ' \t']) {
      const answer = await get(`/t?code=${encodeURIComponent(lines.join(gap))}&lang=zh`)
      expect(answer.status).toBe(303)
      places.add(String(answer.headers.location))
    }
    expect(places.size).toBe(1)
    const [place = ''] = places
    const page = await get(place)
    expect(page.status).toBe(404)
    expect(words(page.text)).toContain('山东登海种业股份有限公司 37068300100000012345')
    // what stands in its form leads to the same page again
    const value = /<input id="code"[^>]* value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    expect((await get(`/t?code=${encodeURIComponent(value)}&lang=zh`)).headers.location).toBe(place)
    // nobody knows which words belong together: the form has lines to put them in
    const torn = ['LG 30.444', ...lines.slice(1)].join(' ')
    const malformed = await get(`/t/${encodeURIComponent(torn)}?lang=zh`)
    expect(malformed.status).toBe(400)
    expect(words(malformed.text)).toContain('请扫码或分行输入')
    expect(malformed.text).toMatch(new RegExp(`<textarea id="code"[^>]*>\n${torn}</textarea>`))
  })

  it('asks for the lot where only the product is named', async () => {
    const { status, text } = await get('/01/09521321000100?lang=zh')
    expect(status).toBe(200)
    expect(words(text)).toContain('这是商品编码')
    expect(words(text)).not.toContain('L1')
  })
})

describe('what is not a page of a unit', () => {
  it('unknown: 404 that never suggests a fake', async () => {
    const { status, text } = await get('/01/09521321000506/10/X?lang=zh')
    expect(status).toBe(404)
    expect(words(text)).toContain('本平台没有此编码的记录，不代表产品是假的')
    expect(text).toContain('<form')
    const english = words((await get('/01/09521321000506/10/X?lang=en')).text)
    expect(english).toContain('does not mean the product is fake')
    const json = await get('/01/09521321000506/10/X', { accept: 'application/json' })
    expect(json.status).toBe(404)
    expect(JSON.parse(json.text).type).toBe('https://trace.example.org/problems/code-unknown')
  })

  it('malformed: 400 that says where, and what a check digit is', async () => {
    const { status, text } = await get('/01/09521321000101/10/L1?lang=zh')
    expect(status).toBe(400)
    expect(text).toContain('/01/0952132100010<mark>1</mark>/10/L1')
    expect(words(text)).toContain('什么是校验位')
    expect(words(text)).toContain('第 18 个字符')
    expect((await get('/t/hello')).status).toBe(400)
    const json = await get('/01/09521321000101', { accept: 'application/json' })
    expect(json.status).toBe(400)
    expect(JSON.parse(json.text).errors[0].message).toContain('校验位')
  })

  it('an unknown organisation: its code as people write it, and no advice about packages', async () => {
    const zh = await get('/t/91350100M000100Y43?lang=zh')
    expect(zh.status).toBe(404)
    expect(words(zh.text)).toContain('这是单位的编码')
    expect(words(zh.text)).not.toMatch(/假的|包装和购物凭证|12315|urn:/)
    const en = await get('/t/91350100M000100Y43?lang=en')
    expect(words(en.text)).toContain('a code of the kind “organisation”')
    expect(words((await get('/t/(01)09521043999997?lang=zh')).text)).toContain('不代表产品是假的')
  })

  it('ambiguous: 300 with every reading, those with records first', async () => {
    const text = PALLET.slice(3)
    const answer = await get(`/t/${text}?lang=zh`)
    expect(answer.status).toBe(300)
    expect(answer.text).toContain(`href="/${PALLET}?lang=zh"`)
    expect(answer.text).toContain(`href="/8018/${text}?lang=zh"`)
    expect(words(answer.text)).toContain('本平台有记录')
    const json = JSON.parse((await get(`/t/${text}`, { accept: 'application/json' })).text)
    expect(json.readings.length).toBeGreaterThan(1)
  })

  it('error pages for people, problem documents for machines', async () => {
    const lost = await get('/no/such/page', { 'accept-language': 'en' })
    expect(lost.status).toBe(404)
    expect(lost.headers['content-type']).toContain('text/html')
    expect(words(lost.text)).toContain('There is no such page')
    expect((await get('/no/such/page', { accept: 'application/json' })).headers['content-type']).toContain(
      'problem+json',
    )
    expect((await get('/api/nothing')).headers['content-type']).toContain('problem+json')
    expect((await get(`/${LOT}`, { accept: 'image/png' })).status).toBe(406)
  })

  it('a page for every kind of problem', async () => {
    const { status, text } = await get('/problems/code-unknown?lang=en')
    expect(status).toBe(200)
    expect(words(text)).toContain('No records under this code')
    expect((await get('/problems/constructor')).status).toBe(404)
  })

  it('reads codes without a key', async () => {
    const answer = await platform.call('/api/codes/parse?text=(01)09521321000100(10)L1', { key: null })
    expect(answer.status).toBe(200)
    expect((await answer.json()).readings[0]).toMatchObject({ ok: true, key: LOT })
  })
})
