import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPlatform } from '../../../../test/support/platform.ts'
import { ROOT } from '../lib/paths.ts'
import {
  ABROAD,
  LOT,
  linkOf,
  linksetAt,
  NOBODY,
  PRODUCT,
  registerLinks,
  type Stage,
  stageOf,
  VOC,
} from './resolve.fixture.ts'

// Ids of statements: see conformance.test.ts.

let stage: Stage
beforeAll(async () => {
  stage = await stageOf(await startPlatform())
  await registerLinks(stage)
})
afterAll(() => stage.platform.stop())

const locationOf = async (path: string, headers?: Record<string, string>) => {
  const answer = await stage.ask(path, headers)
  return [answer.status, answer.headers.location]
}

describe('linksets', () => {
  it('A11 B8 C11 C12 C13: by linkType and by Accept, every level up to the primary key, uncompressed anchors', async () => {
    const item = `${LOT}/21/S7`
    const levels = await linksetAt(stage, `/${item}`)
    expect(levels.map(level => level.anchor)).toEqual([linkOf(LOT), linkOf(PRODUCT)])
    expect(levels[0]?.[`${VOC}recallStatus`]?.[0]?.href).toBe('https://brand.example/recalls/L1')
    expect(levels[1]?.[`${VOC}instructions`]).toHaveLength(2)
    for (const [query, accept, type] of [
      ['?linkType=linkset', '*/*', 'application/linkset+json'],
      ['?linkType=all', 'text/html', 'application/linkset+json'],
      ['?linkType=all', 'application/json', 'application/json'],
      ['?linkType=linkset', 'application/ld+json', 'application/ld+json'],
      ['', 'application/linkset+json', 'application/linkset+json'],
      ['?linkType=gs1:faqs', 'application/linkset+json', 'application/linkset+json'],
    ]) {
      const answer = await stage.ask(`/${item}${query}`, { accept: accept! })
      expect([answer.status, String(answer.headers['content-type']).split(';')[0]]).toEqual([200, type])
      expect(JSON.parse(answer.text).linkset).toEqual(levels)
    }
    const spelt = await linksetAt(stage, '/gtin/9521321000605/lot/L1')
    expect(spelt[0]?.anchor).toBe(linkOf(LOT))
  })

  it('A14 B11 C14 C15 C16 C18 C32: target, type and title on every link, IANA media types, one default without attributes', async () => {
    for (const path of [LOT, PRODUCT, ABROAD]) {
      const levels = await linksetAt(stage, `/${path}`)
      for (const { anchor, itemDescription, ...relations } of levels) {
        expect(itemDescription, anchor).toMatch(/\S/)
        const all = Object.entries(relations)
        for (const [relation, links] of all) {
          expect(relation, anchor).toMatch(/^https:\/\//)
          for (const link of links) {
            expect(link.href).toMatch(/^https?:\/\//)
            expect(link.title.length).toBeGreaterThan(0)
            const { type } = link as { type?: string }
            if (type !== undefined) expect(type).toMatch(/^(text|application|image|video|audio)\/[\w.+-]+$/)
          }
        }
        const [only, ...more] = relations[`${VOC}defaultLink`] ?? []
        if (!only) continue
        expect(more).toEqual([])
        expect(Object.keys(only).sort()).toEqual(['href', 'title'])
        const descriptive = all.filter(([relation]) => !relation.includes('defaultLink')).flatMap(([, links]) => links)
        const defaults = [only, ...(relations[`${VOC}defaultLinkMulti`] ?? [])]
        for (const link of defaults) expect(descriptive.some(d => d.href === link.href)).toBe(true)
      }
    }
    expect((await linksetAt(stage, `/${ABROAD}`))[0]?.[`${VOC}defaultLinkMulti`]).toHaveLength(1)
  })

  it('C17: a Link header names the JSON-LD context', async () => {
    const { headers } = await stage.ask(`/${LOT}?linkType=linkset`)
    expect(headers.link).toMatch(
      /<https:[^>]+>; rel="http:\/\/www\.w3\.org\/ns\/json-ld#context".*type="application\/ld\+json"/,
    )
  })

  it('A12 B9 C30: the Link header leads to the linkset, and when redirecting lists the links, too', async () => {
    const page = await stage.ask(`/${LOT}`)
    expect(page.headers.link).toContain(`<https://trace.example.org/${LOT}?linkType=linkset>; rel="linkset"`)
    const redirected = await stage.ask(`/${PRODUCT}?linkType=gs1:faqs`)
    const header = String(redirected.headers.link)
    expect(header).toContain('rel="linkset"')
    for (const level of await linksetAt(stage, `/${PRODUCT}`)) {
      for (const [relation, links] of Object.entries(level)) {
        if (!Array.isArray(links) || relation.includes('defaultLink')) continue
        for (const { href } of links) expect(header).toContain(`<${href}>; rel="${relation}"; title="`)
      }
    }
    expect(header).toContain(`title*=UTF-8''%E4%BD%BF`)
  })

  const folder = join(ROOT, '..', 'shared', 'vectors', 'gs1-linkset')
  it.skipIf(!existsSync(folder))('validate against the official schema, links of organisations included', async () => {
    const schema = JSON.parse(readFileSync(join(folder, 'gs1-linkset-schema.json'), 'utf8'))
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
    for (const path of [LOT, PRODUCT, ABROAD, `${LOT}/21/7`]) {
      const { text } = await stage.ask(`/${path}`, { accept: 'application/linkset+json' })
      expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true)
    }
    const wrong = JSON.parse(readFileSync(join(folder, 'invalid-gs1-example.json'), 'utf8'))
    expect(validate(wrong)).toBe(false)
  })
})

describe('default links', () => {
  it('A13 B10 B12 C19 C31 C33: one default; our page is answered in place, a foreign one is redirected to', async () => {
    expect(await locationOf(`/${LOT}`)).toEqual([200, undefined])
    expect(await locationOf(`/${PRODUCT}`)).toEqual([200, undefined])
    expect(await locationOf(`/${ABROAD}`)).toEqual([307, 'https://brand.example/vinegar'])
    const named = await locationOf(`/${ABROAD}?linkType=gs1:defaultLink`)
    expect(named).toEqual([307, 'https://brand.example/vinegar?linkType=gs1:defaultLink'])
    // what can be matched against the request is a better answer
    expect(await locationOf(`/${ABROAD}`, { 'accept-language': 'fr-CA, de;q=0.5' })).toEqual([
      307,
      'https://brand.example/vinegar/fr',
    ])
    expect(await locationOf(`/${ABROAD}`, { 'accept-language': 'de' })).toEqual([307, 'https://brand.example/vinegar'])
    // data are our own to give
    const json = await stage.ask(`/${ABROAD}`, { accept: 'application/json' })
    expect([json.status, JSON.parse(json.text).level]).toEqual([200, 'class'])
  })

  it('C20: for every URI, however granular, there is a default at its level or above', async () => {
    for (const below of ['/10/NOBODY-KNOWS', '/10/NOBODY-KNOWS/21/1', '/21/1', '/22/V/10/X']) {
      const page = await stage.ask(`/${PRODUCT}${below}?lang=en`)
      expect(page.status, below).toBe(200)
      expect(page.text).toContain('There are no records of (01)09521321000605')
      expect(await locationOf(`/${ABROAD}${below}`)).toEqual([307, 'https://brand.example/vinegar'])
    }
    const json = JSON.parse((await stage.ask(`/${PRODUCT}/10/NOBODY`, { accept: 'application/json' })).text)
    expect(json).toMatchObject({ code: linkOf(PRODUCT), insteadOf: linkOf(`${PRODUCT}/10/NOBODY`) })
  })

  it('A21: content is given directly where it is ours', async () => {
    expect((await stage.ask(`/${LOT}`)).headers['content-type']).toContain('text/html')
  })
})

describe('link types', () => {
  it('A15 B13 C21 C34: a link of the requested type, at its own level or above', async () => {
    expect(await locationOf(`/${LOT}?linkType=gs1:recallStatus`)).toEqual([
      307,
      'https://brand.example/recalls/L1?linkType=gs1:recallStatus',
    ])
    const [, fromAbove] = await locationOf(`/${LOT}/21/9?linkType=gs1:instructions`, { 'accept-language': 'en' })
    expect(fromAbove).toBe('https://brand.example/en/manual?linkType=gs1:instructions')
    const page = `https://trace.example.org/${LOT}`
    expect(await locationOf(`/${LOT}?linkType=gs1:pip`)).toEqual([307, page])
    expect(await locationOf(`/${LOT}?linkType=gs1:pip`, { 'accept-language': 'en' })).toEqual([307, `${page}?lang=en`])
    expect(await locationOf(`/${LOT}?linkType=gs1:traceability`)).toEqual([307, `${page}?format=json`])
  })

  it('C22: 404 where there is no link of that type, naming those that there are', async () => {
    const answer = await stage.ask(`/${LOT}?linkType=gs1:recipeInfo`, { accept: 'application/json' })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text).linkTypes).toEqual(expect.arrayContaining(['gs1:pip', 'gs1:recallStatus']))
    expect((await stage.ask(`/${LOT}?linkType=gs1:recipeInfo`)).status).toBe(404)
    expect((await stage.ask(`/${PRODUCT}?linkType=gs1:recallStatus`)).status).toBe(404)
  })

  it('A16 B14 C23 C35: the whole query string is passed on as it came', async () => {
    const query = '17=261231&linkType=gs1:faqs&a=%2F%20+&flag&b=1;2'
    expect(await locationOf(`/${PRODUCT}?${query}`)).toEqual([307, `https://brand.example/faq?from=qr&${query}#top`])
    expect(await locationOf(`/${ABROAD}?3103=000189`)).toEqual([307, 'https://brand.example/vinegar?3103=000189'])
    // our own pages would be asked for the same link again
    const page = `https://trace.example.org/${LOT}`
    expect(await locationOf(`/${LOT}?x=1&linkType=gs1:traceability&17=261231`)).toEqual([
      307,
      `${page}?format=json&x=1&17=261231`,
    ])
  })

  it('A17 C24: language, media type and context tell links of one type apart; 300 where nothing does', async () => {
    const manual = (language: string) =>
      locationOf(`/${PRODUCT}?linkType=gs1:instructions`, { 'accept-language': language })
    expect((await manual('en-GB,zh;q=0.5'))[1]).toContain('/en/manual')
    expect((await manual('zh-CN'))[1]).toContain('/zh/manual')
    expect((await manual('fr, zh;q=0.1'))[1]).toContain('/zh/manual')
    const data = (accept: string) => locationOf(`/${PRODUCT}?linkType=gs1:masterData`, { accept })
    expect((await data('application/xml'))[1]).toContain('data.xml')
    expect((await data('application/json;q=0.9, application/xml;q=0.2'))[1]).toContain('data.json')
    const certificate = (context: string) => locationOf(`/${PRODUCT}?linkType=gs1:certificationInfo&context=${context}`)
    expect((await certificate('LK'))[1]).toContain('certs.example/lk')
    expect((await certificate('cn'))[1]).toContain('certs.example/cn')
    const undecided = await stage.ask(`/${PRODUCT}?linkType=gs1:certificationInfo`, { accept: 'application/json' })
    expect(undecided.status).toBe(300)
    expect(JSON.parse(undecided.text).linkset[0][`${VOC}certificationInfo`]).toHaveLength(2)
    const page = await stage.ask(`/${PRODUCT}?linkType=gs1:certificationInfo`)
    expect(page.status).toBe(300)
    expect(page.text).toContain('href="https://certs.example/lk"')
  })

  it('A20 B17 C28 C38: a redirect by company prefix is annotated gs1:handledBy instead of the linkset', async () => {
    expect((await stage.ask(`/${NOBODY}?linkType=gs1:handledBy`)).status).toBe(404)
    const platform = {
      match: 'company-prefix',
      prefix: '9521321000',
      name: { zh: '邻市平台', en: 'Platform next door' },
      home: 'https://next.example/',
      query: 'https://next.example/resolve?code={code}',
    }
    const body = JSON.stringify(platform)
    expect((await stage.platform.call('/api/platforms', { method: 'POST', body })).status).toBe(201)
    const path = `/${NOBODY}/10/X`
    const handled = await stage.ask(`${path}?linkType=gs1:handledBy`)
    const target = `https://next.example/resolve?code=${encodeURIComponent(linkOf(`${NOBODY}/10/X`))}`
    expect(handled.status).toBe(307)
    expect(handled.headers.location).toBe(`${target}&linkType=gs1:handledBy`)
    expect(String(handled.headers.link)).toMatch(new RegExp(`^<[^>]+>; rel="${VOC}handledBy"`))
    expect(handled.headers.link).not.toContain('rel="linkset"')
    const [level] = await linksetAt(stage, path)
    expect(level?.[`${VOC}handledBy`]?.[0]?.href).toBe(target)
  })
})
