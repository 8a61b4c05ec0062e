import { PublicTraceSchema } from '@yuanliu/core'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { idOf, subjectsOf } from '../signing/signing.fixture.ts'
import { get } from './asking.fixture.ts'

let p: Platform
let s: Awaited<ReturnType<typeof subjectsOf>>
beforeAll(async () => {
  // What is acknowledged shows at once: tests do not wait for pages to be made anew.
  p = await startPlatform({ PAGE_GRACE_MS: '0' })
  s = await subjectsOf(p)
})
afterAll(async () => {
  s.remove()
  await p.stop()
})

const lotOf = (name: string) => `01/09521321000100/10/${name}`
const about = (lot: string, day: number, more: Record<string, unknown> = {}) =>
  objectEvent({
    epcList: undefined,
    quantityList: [{ epcClass: `https://id.gs1.org/${lot}`, quantity: 100 }],
    eventTime: `2026-09-${String(day).padStart(2, '0')}T08:00:00.000+08:00`,
    bizStep: 'storing',
    ...more,
  })

async function page(lot: string, lang: 'zh' | 'en' = 'zh') {
  return (await get(p.url, `/${lot}?lang=${lang}`)).text
}

async function answer(lot: string) {
  const { text } = await get(p.url, `/${lot}`, { accept: 'application/json' })
  const trace = JSON.parse(text)
  expect(new Ajv({ strict: false }).validate(PublicTraceSchema, trace)).toBe(true)
  return trace
}

describe('a product page', () => {
  it('says of each step who signed it, in what capacity and how, or that it is only reported', async () => {
    const lot = lotOf('SIGNED')
    const farm = await s.subject('p-farm', 'enterprise', 'sha256-ed25519', '示例农场')
    const lab = await s.subject('p-lab', 'testing', 'sm3-sm2', '示例检测所')
    const bureau = await s.subject('p-bureau', 'regulator', 'sha256-ed25519', '示例市监局')
    const customer = await s.subject('p-customer', 'enterprise', 'sm3-sm2', 'SECRET 客户')
    const key = await p.key('p-farm')
    const events = [about(lot, 1, { bizStep: 'commissioning', action: 'ADD' }), about(lot, 2), about(lot, 3)]
    const [made, stored, inspected] = events as [never, never, never]
    await s.send(documentOf([made]), [await s.note(farm, documentOf([made]))], { key })
    await p.capture(documentOf([stored]), { key })
    await p.capture(documentOf([inspected]), { key })
    expect(await page(lot)).not.toContain('检测机构')
    for (const subject of [lab, bureau, customer])
      expect((await s.countersign(idOf(inspected), await s.note(subject, documentOf([inspected])))).status).toBe(201)

    const { steps, coverage } = await answer(lot)
    expect(steps.map((step: { attested: string }) => step.attested)).toEqual(['signed', 'reported', 'signed'])
    expect(steps[0].signatures).toEqual([
      { name: '示例检测所', code: 'p-lab', kind: 'testing', suite: 'sm3-sm2' },
      { name: '示例市监局', code: 'p-bureau', kind: 'regulator', suite: 'sha256-ed25519' },
      { name: null, code: null, kind: 'enterprise', suite: 'sm3-sm2' },
    ])
    expect(coverage).toMatchObject({ steps: 3, signed: 2, disagreeing: 0 })
    // the page that was made before the signatures is not shown any more
    const zh = await page(lot)
    expect(zh).toContain(
      '签名：示例检测所（检测机构，SM2）、示例市监局（监管部门，Ed25519）、一家未公开的企业（企业，SM2）',
    )
    expect(zh).toContain('签名：示例农场（企业，Ed25519）')
    expect(zh.match(/仅上报，未签名/g)).toHaveLength(1)
    expect(zh).toContain('3 步中有 2 步带电子签名')
    const en = await page(lot, 'en')
    expect(en).toContain('(testing body, SM2)')
    expect(en.match(/reported only, not signed/g)).toHaveLength(1)
    for (const text of [zh, en, JSON.stringify(steps)]) {
      expect(text).not.toContain('SECRET')
      expect(text).not.toContain('p-customer')
    }
  })

  it('tells what a stranger declares wrong, and what two report otherwise, as disagreement', async () => {
    const lot = lotOf('CONTESTED')
    const signer = await s.subject('d-maker', 'enterprise')
    const [maker, other] = [await p.key('d-maker'), await p.key('d-other')]
    const events = [about(lot, 1, { bizStep: 'commissioning', action: 'ADD' }), about(lot, 2), about(lot, 3)]
    const [declared, contradicted] = events as [Record<string, unknown>, Record<string, unknown>]
    const document = documentOf(events)
    expect((await s.send(document, [await s.note(signer, document)], { key: maker })).status).toBe(202)
    expect((await answer(lot)).coverage).toMatchObject({ signed: 3, disagreeing: 0 })
    const declaration = { declarationTime: '2026-10-02T00:00:00Z', reason: 'did_not_occur' }
    await p.capture(documentOf([{ ...declared, errorDeclaration: declaration }]), { key: other })
    const { counts } = await p.capture(documentOf([{ ...contradicted, disposition: 'damaged' }]), { key: other })
    expect(counts.conflict).toBe(1)
    const { steps, coverage } = await answer(lot)
    const attested = new Map(
      steps.map((step: { time: string; attested: string }) => [step.time.slice(8, 10), step.attested]),
    )
    expect([attested.get('01'), attested.get('02')]).toEqual(['disagrees', 'disagrees'])
    expect(coverage).toMatchObject({ disputed: 1, disagreeing: 2, signed: 3 })
    const zh = await page(lot)
    expect(zh).toContain('有异议：另一方声明此记录有误。')
    expect(zh).toContain('说法不一：另一方对此有不同的记录。')
    const trace = await (await p.call(`/api/trace?code=${encodeURIComponent(`https://id.gs1.org/${lot}`)}`)).json()
    const seen = trace.events.find((e: { id: string }) => e.id === idOf(contradicted))
    expect(seen).toMatchObject({ contradicted: true, signatures: [{ organisation: 'd-maker' }] })
  })

  it('of a reporter that repeats itself otherwise is no disagreement', async () => {
    const lot = lotOf('OWN')
    const key = await p.key('o-maker')
    const event = about(lot, 1)
    await p.capture(documentOf([event]), { key })
    await p.capture(documentOf([{ ...event, disposition: 'damaged' }]), { key })
    expect((await answer(lot)).coverage.disagreeing).toBe(0)
  })

  it('of twelve signed steps is at most 10 KB', async () => {
    const lot = lotOf('HEAVY')
    const subjects = [
      await s.subject('h-maker', 'enterprise', 'sha256-ed25519', '示例食品有限公司'),
      await s.subject('h-lab', 'testing', 'sm3-sm2', '示例质量检测研究院'),
    ]
    const steps = ['commissioning', 'inspecting', 'packing', 'storing', 'shipping', 'receiving']
    const events = Array.from({ length: 12 }, (_, i) => about(lot, 1 + i, { bizStep: steps[i % 6] }))
    const document = documentOf(events)
    const notes = await Promise.all(subjects.map(subject => s.note(subject, document)))
    expect((await s.send(document, notes, { key: await p.key('h-maker') })).status).toBe(202)
    for (const lang of ['zh', 'en']) {
      const { body, text } = await get(p.url, `/${lot}?lang=${lang}`, { 'accept-encoding': 'br' })
      expect(text.match(/Ed25519\)|Ed25519）/g)).toHaveLength(12)
      expect(body.length).toBeLessThan(10_000)
    }
    expect((await get(p.url, `/${lot}`, { 'accept-encoding': 'gzip' })).body.length).toBeLessThan(10_000)
  })
})

it('a body in quarantine vouches for nothing until it is registered', async () => {
  const quarantined = await startPlatform({ UNREGISTERED_PARTIES: 'quarantine', PAGE_GRACE_MS: '0' })
  const q = await subjectsOf(quarantined)
  try {
    const lot = lotOf('Q')
    const credit = (organisation: string, creditCode: string) =>
      quarantined.call('/api/organisations', {
        method: 'POST',
        body: JSON.stringify({ organisation, creditCode }),
      })
    expect((await credit('q-maker', '91350100M000100Y43')).ok).toBe(true)
    const event = about(lot, 1)
    await quarantined.capture(documentOf([event]), { key: await quarantined.key('q-maker') })
    const lab = await q.subject('q-lab', 'testing')
    expect((await q.countersign(idOf(event), await q.note(lab, documentOf([event])))).status).toBe(201)
    const read = async () => JSON.parse((await get(quarantined.url, `/${lot}`, { accept: 'application/json' })).text)
    expect((await read()).steps).toMatchObject([{ attested: 'reported', signatures: [] }])
    expect(await q.signatures(idOf(event))).toEqual([])
    expect((await credit('q-lab', '12100000400000624D')).ok).toBe(true)
    expect((await read()).steps).toMatchObject([{ attested: 'signed', signatures: [{ code: 'q-lab' }] }])
  } finally {
    q.remove()
    await quarantined.stop()
  }
})
