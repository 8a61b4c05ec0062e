import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'
import { ROOT } from '../lib/paths.ts'
import { type Got, get as getFrom } from './asking.fixture.ts'
import { LOT, PALLET, STORE, story } from './portal.fixture.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ PUBLIC_URL: 'https://trace.example.org' })
  await platform.capture(story())
})
afterAll(() => platform.stop())

const get = (path: string, headers?: Record<string, string>, method?: string): Promise<Got> =>
  getFrom(platform.url, path, headers, method)

describe('weight and caching', () => {
  it('a page of twelve steps takes one request of at most 10 KB', async () => {
    const lot = '01/09521321000100/10/TWELVE'
    const steps = [
      'commissioning',
      'inspecting',
      'packing',
      'storing',
      'shipping',
      'receiving',
      'storing',
      'shipping',
      'receiving',
      'inspecting',
      'stocking',
      'retail_selling',
    ]
    await platform.capture(
      documentOf(
        steps.map((bizStep, i) =>
          objectEvent({
            eventTime: `2026-09-${10 + i}T08:00:00.000+08:00`,
            epcList: undefined,
            quantityList: [{ epcClass: `https://id.gs1.org/${lot}`, quantity: 100 - i }],
            bizStep,
            action: i === 0 ? 'ADD' : 'OBSERVE',
            readPoint: { id: `https://id.gs1.org/${i < 6 ? '414/9521321000018' : STORE}` },
            bizLocation: { id: `https://id.gs1.org/${i < 6 ? '414/9521321000018' : STORE}` },
          }),
        ),
      ),
    )
    for (const lang of ['zh', 'en']) {
      const { body, text, headers } = await get(`/${lot}?lang=${lang}`, { 'accept-encoding': 'gzip, br' })
      expect(headers['content-encoding']).toBe('br')
      expect(body.length).toBeLessThan(10_000)
      expect(text.match(/<li><h3>/g)).toHaveLength(12)
      expect(text).not.toMatch(/<link[^>]+stylesheet|<img/)
    }
    expect((await get(`/${lot}`, { 'accept-encoding': 'gzip' })).body.length).toBeLessThan(10_000)
  })

  it('304 for what has not changed, by ETag, for every form', async () => {
    const tags = new Set<unknown>()
    for (const accept of ['text/html', 'application/json', 'application/linkset+json']) {
      const first = await get(`/${LOT}`, { accept })
      expect(first.headers['cache-control']).toBe('no-cache')
      expect(String(first.headers.vary)).toMatch(/Accept, Accept-Language/)
      tags.add(first.headers.etag)
      const again = await get(`/${LOT}`, { accept, 'if-none-match': String(first.headers.etag) })
      expect(again.status).toBe(304)
      expect(again.body).toHaveLength(0)
      expect(again.headers.etag).toBe(first.headers.etag)
    }
    expect(tags.size).toBe(3)
    const head = await get(`/${LOT}`, {}, 'HEAD')
    expect(head.status).toBe(200)
    expect(head.body).toHaveLength(0)
  })

  it('a new event, a new description and a correction show within a second; others leave the page as it is', async () => {
    const lot = '01/09521321000100/10/FRESH'
    const event = (bizStep: string, more: Record<string, unknown> = {}) =>
      objectEvent({ epcList: undefined, quantityList: [{ epcClass: `https://id.gs1.org/${lot}` }], bizStep, ...more })
    // nothing is known of the lot: its product answers, and says so
    const before = await get(`/${lot}?lang=en`)
    expect(before.status).toBe(200)
    expect(before.text).toContain('There are no records of (01)09521321000100(10)FRESH here')
    await platform.capture(
      documentOf([event('inspecting', { eventID: 'urn:uuid:11111111-2222-4333-8444-00000000aaaa' })]),
    )
    const shows = async (test: (text: string) => boolean) => {
      const until = Date.now() + 1000
      for (;;) {
        const { text, headers } = await get(`/${lot}?lang=en`)
        if (test(text)) return String(headers.etag)
        if (Date.now() > until) throw new Error('the page is more than a second behind')
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    }
    const etag = await shows(text => text.includes('Inspected'))
    await platform.capture(
      documentOf([objectEvent({ epcList: ['https://id.gs1.org/01/09521321000100/21/UNRELATED'] })]),
    )
    await new Promise(resolve => setTimeout(resolve, 400))
    expect((await get(`/${lot}?lang=en`, { 'if-none-match': etag })).status).toBe(304)

    await platform.capture(documentOf([event('storing')]))
    await shows(text => text.includes('Stored'))

    const renamed = structuredClone(story()) as {
      epcisHeader: {
        epcisMasterData: { vocabularyList: { vocabularyElementList: { attributes: { attribute: string }[] }[] }[] }
      }
    }
    const [first] = renamed.epcisHeader.epcisMasterData.vocabularyList
    ;(first as NonNullable<typeof first>).vocabularyElementList[0]!.attributes[1]!.attribute = 'Renamed oil'
    await platform.capture({ ...documentOf([objectEvent()]), epcisHeader: renamed.epcisHeader })
    await shows(text => text.includes('Renamed oil'))

    const thief = await platform.key('thief')
    ;(first as NonNullable<typeof first>).vocabularyElementList[0]!.attributes[1]!.attribute = 'Stolen name'
    await platform.capture({ ...documentOf([objectEvent()]), epcisHeader: renamed.epcisHeader }, { key: thief })
    await new Promise(resolve => setTimeout(resolve, 400))
    expect((await get(`/${lot}?lang=en`)).text).not.toContain('Stolen name')

    await platform.capture(
      documentOf([
        event('inspecting', {
          eventID: 'urn:uuid:11111111-2222-4333-8444-00000000aaaa',
          errorDeclaration: { declarationTime: '2026-11-02T00:00:00Z', reason: 'did_not_occur' },
        }),
      ]),
    )
    await shows(text => !text.includes('Inspected'))
  })
})

describe('linksets', () => {
  const folder = join(ROOT, '..', 'shared', 'vectors', 'gs1-linkset')
  it.skipIf(!existsSync(folder))(
    `validate against the official schemas (needs ${folder.split('/').slice(-3).join('/')})`,
    async () => {
      const ajv = new Ajv({ strict: false, validateFormats: false })
      for (const name of ['gs1-linkset-schema.json', 'linkset-schema.json']) {
        const schema = JSON.parse(readFileSync(join(folder, name), 'utf8'))
        const validate = ajv.compile(schema)
        for (const path of [`/${LOT}`, '/01/09521321000100', `/${PALLET}`]) {
          const answer = await get(path, { accept: 'application/linkset+json' })
          expect(answer.headers['content-type']).toContain('application/linkset+json')
          const body = JSON.parse(answer.text)
          if (name.startsWith('gs1')) expect(validate(body), JSON.stringify(validate.errors)).toBe(true)
          else {
            for (const context of body.linkset) delete context.itemDescription
            expect(validate(body), JSON.stringify(validate.errors)).toBe(true)
          }
        }
      }
    },
  )

  it('name the product and every level above it', async () => {
    const { linkset } = JSON.parse((await get(`/${LOT}?linkType=all`)).text)
    expect(linkset.map((c: { anchor: string }) => c.anchor)).toEqual([
      `https://id.gs1.org/${LOT}`,
      'https://id.gs1.org/01/09521321000100',
    ])
    const item = '01/09521321000100/10/L1/21/S77'
    await platform.capture(documentOf([objectEvent({ epcList: [`https://id.gs1.org/${item}`] })]))
    const levels = JSON.parse((await get(`/${item}?linkType=all`)).text).linkset
    expect(levels.map((c: { anchor: string }) => c.anchor.slice('https://id.gs1.org/'.length))).toEqual([
      '01/09521321000100/21/S77',
      LOT,
      '01/09521321000100',
    ])
    expect(linkset[0]['https://ref.gs1.org/voc/pip'][1].href).toBe(`https://trace.example.org/${LOT}?lang=zh`)
    expect((await get(`/${LOT}`)).headers.link).toContain('rel="linkset"')
  })
})

describe('limits', () => {
  it('429 with Retry-After for an address that asks too often', async () => {
    const strict = await startPlatform({ PUBLIC_RATE: '3' })
    try {
      const ask = () => fetch(`${strict.url}/`, { headers: { accept: 'text/html' } })
      for (let i = 0; i < 3; i++) expect((await ask()).status).toBe(200)
      const answer = await ask()
      expect(answer.status).toBe(429)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await answer.text()).toContain('查询太频繁')
    } finally {
      await strict.stop()
    }
  })

  it('every page is marked in a demonstration, and none otherwise', async () => {
    const demo = await startPlatform({ YUANLIU_DEMO: 'true' })
    try {
      for (const path of ['/', '/nothing', '/01/09521321000100']) {
        const answer = await fetch(demo.url + path, { headers: { accept: 'text/html' } })
        expect(await answer.text()).toContain('演示数据')
      }
    } finally {
      await demo.stop()
    }
    expect((await get('/')).text).not.toContain('演示数据')
  })
})
