import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf } from '../../../../test/support/events.ts'
import { startPlatform } from '../../../../test/support/platform.ts'
import { DATA } from '../lib/paths.ts'
import { words } from '../portal/asking.fixture.ts'
import { readAliasKinds, textKey } from './aliases.ts'
import { ABROAD, FOREIGN, LOT, linkOf, lotEvent, NOBODY, PRODUCT, type Stage, stageOf } from './resolve.fixture.ts'

let stage: Stage
beforeAll(async () => {
  stage = await stageOf(await startPlatform({ PAGE_GRACE_MS: '0' }))
})
afterAll(() => stage.platform.stop())

const OLD = NOBODY
const APPROVAL = '兽药字 123456789'
const post = (body: unknown, key = stage.brand) =>
  stage.platform.call('/api/aliases', { method: 'POST', key, body: JSON.stringify(body) })
const pageOf = (path: string) => stage.ask(path, { 'accept-language': 'zh' })
const codeOf = async (path: string) => {
  const answer = await stage.ask(path, { accept: 'application/json' })
  return answer.status === 200 ? JSON.parse(answer.text).code : answer.status
}
const trace = async (code: string) => {
  const answer = await stage.platform.call(`/api/trace?code=${encodeURIComponent(code)}`)
  return answer.status === 200 ? (await answer.json()).start : answer.status
}

describe('a corrected product number', () => {
  it('keeps its former one: pages, data, traces and links of the old one lead to the new', async () => {
    expect((await stage.ask(`/${OLD}`)).status).toBe(404)
    await stage.register('/api/aliases', {
      former: '9521321000902',
      code: PRODUCT,
      kind: 'corrected',
      since: '2026-10-01',
    })
    expect(await codeOf(`/${OLD}`)).toBe(linkOf(PRODUCT))
    expect(await codeOf(`/${OLD}/10/L1`)).toBe(linkOf(LOT))
    const page = words((await pageOf(`/${OLD}/10/L1`)).text)
    expect(page).toContain('测试酱油')
    expect(page).toContain('原编码为 9521321000902，印有原编码的产品仍可查询。 (自 2026-10-01)')
    expect(words((await pageOf(`/${LOT}`)).text)).toContain('原编码为 9521321000902')
    expect(await trace(`${OLD}/10/L1`)).toBe(LOT)
    expect(await codeOf(`/t/${encodeURIComponent('(01)09521321000902(10)L1')}`)).toBe(linkOf(LOT))
    const redirected = await stage.ask(`/${OLD}/10/L1?linkType=gs1:traceability`)
    expect(redirected.headers.location).toBe(`https://trace.example.org/${LOT}?format=json`)
  })

  it('leaves records where they were made: what has records of its own is shown', async () => {
    await stage.platform.capture(documentOf([lotEvent(`${OLD}/10/BEFORE`)]), { key: stage.brand })
    expect(await codeOf(`/${OLD}/10/BEFORE`)).toBe(linkOf(`${OLD}/10/BEFORE`))
    expect(await trace(`${OLD}/10/BEFORE`)).toBe(`${OLD}/10/BEFORE`)
  })

  it('holds over several corrections, and never in a circle', async () => {
    const older = '01/09521321001008'
    await stage.register(
      '/api/aliases',
      { former: older, code: OLD, kind: 'corrected' },
      await stage.platform.key('platform', ['admin', 'link:write']),
    )
    expect(await codeOf(`/${older}/10/L1`)).toBe(linkOf(LOT))
    const circle = await post({ former: PRODUCT, code: PRODUCT, kind: 'corrected' })
    expect(circle.status).toBe(400)
    const back = await stage.platform.call('/api/aliases', {
      method: 'POST',
      body: JSON.stringify({ former: PRODUCT, code: older, kind: 'corrected' }),
    })
    expect(back.status).toBe(409)
  })
})

describe('other numbers', () => {
  it('R-COD-09: an approval number with the batch leads to the record to which the code leads', async () => {
    const made = await stage.register('/api/aliases', { former: APPROVAL, code: PRODUCT, kind: 'approval-number' })
    expect(made).toMatchObject({ former: APPROVAL, kind: 'approval-number', code: linkOf(PRODUCT) })
    const number = encodeURIComponent('兽药字123456789')
    expect(await codeOf(`/t/${number}`)).toBe(linkOf(PRODUCT))
    for (const path of [
      `/t/${number}?10=L1`,
      `/t/${encodeURIComponent('兽药字123456789 批号L1')}`,
      `/t/${encodeURIComponent('兽药字123456789 批号：L1')}`,
      `/t/${encodeURIComponent('兽药字１２３４５６７８９+L1')}`,
      `/t/${encodeURIComponent('兽药字-123456789 lot L1')}`,
    ]) {
      expect(await codeOf(path), decodeURIComponent(path)).toBe(linkOf(LOT))
    }
    expect(await trace('兽药字123456789 批号L1')).toBe(LOT)
    expect(words((await pageOf(`/${LOT}`)).text)).toContain(`批准文号 ${APPROVAL}`)
  })

  it('R-COD-09: an ambiguous number lists candidates; a lot that only one of them has is that one', async () => {
    await stage.register('/api/aliases', { former: APPROVAL, code: ABROAD, kind: 'approval-number' })
    const number = encodeURIComponent(APPROVAL)
    const lots = [`${PRODUCT}/10/BOTH`, `${ABROAD}/10/BOTH`].map(key => lotEvent(key))
    await stage.platform.capture(documentOf(lots), { key: stage.brand })
    const choice = await pageOf(`/t/${number}?10=BOTH`)
    expect(choice.status).toBe(300)
    for (const key of [PRODUCT, ABROAD]) expect(choice.text).toContain(`href="/${key}/10/BOTH`)
    expect(await codeOf(`/t/${number}?10=L1`)).toBe(linkOf(LOT))
    const resolved = await (await stage.platform.call(`/api/resolve?code=${number}`, { key: null })).json()
    expect([resolved.state, resolved.candidates.length]).toEqual(['ambiguous', 2])
  })

  it('are registered for what is one’s own, from numbers that are nobody else’s', async () => {
    expect((await post({ former: 'X-1', code: PRODUCT, kind: 'other' }, stage.other)).status).toBe(403)
    // readers of another's product are led nowhere else
    expect((await post({ former: FOREIGN, code: PRODUCT, kind: 'corrected' })).status).toBe(403)
    for (const [change, pointer] of [
      [{ kind: 'nickname' }, '/kind'],
      [{ former: ' - ' }, '/former'],
      [{ code: 'nonsense' }, '/code'],
      [{ since: 'today' }, '/since'],
    ] as const) {
      const answer = await post({ former: 'X-2', code: PRODUCT, kind: 'other', ...change })
      expect(answer.status).toBe(400)
      expect((await answer.json()).errors[0].pointer).toBe(pointer)
    }
    const { id } = await stage.register('/api/aliases', { former: 'X-3', code: PRODUCT, kind: 'equipment-number' })
    expect(await codeOf('/t/x3')).toBe(linkOf(PRODUCT))
    const gone = await stage.platform.call(`/api/aliases/${id}`, { method: 'DELETE', key: stage.brand })
    expect(gone.status).toBe(200)
    expect(await codeOf('/t/x3')).toBe(400)
    const { aliases } = await (await stage.platform.call(`/api/aliases?code=${LOT}`, { key: stage.brand })).json()
    expect(aliases.map((a: { kind: string }) => a.kind)).toEqual(['corrected', 'approval-number'])
  })
})

describe('reading a number with a lot', () => {
  const { withLot } = readAliasKinds(DATA)
  it('finds the lot behind its word, or as the second of two', () => {
    expect(withLot('国药准字Z1 批号 L42')).toEqual({ number: '国药准字Z1', lot: 'L42' })
    expect(withLot('国药准字Z1 批号L42')).toEqual({ number: '国药准字Z1', lot: 'L42' })
    expect(withLot('Z1 + L42')).toEqual({ number: 'Z1', lot: 'L42' })
    for (const none of ['', ' ', 'Z1', 'a b c', '批号 L42', 'x'.repeat(5000), '+ +']) expect(withLot(none)).toBeNull()
  })
  it('writes what people write differently one way', () => {
    expect(textKey(' 国药准字 ｚ-1 ')).toBe('text:国药准字Z1')
    expect([textKey('-'), textKey('x'.repeat(201))]).toEqual([null, null])
  })
})
