import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compressLink } from '@yuanliu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_KEY, startPlatform } from '../../../../test/support/platform.ts'
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
} from './resolve.fixture.ts'

/*
 * Conformance statements of the GS1-Conformant Resolver standard as GS1's test suite lists them. Ids: A1… of its file
 * Conformance.txt (with its own numbers), B1… of Conformance1_2.txt and C1… of ConformantResolver1_0.txt (in order of
 * lines, headings left out). Every id stands in the title of a test; docs/design/resolver.md says what is done.
 */

let stage: Stage
beforeAll(async () => {
  stage = await stageOf(await startPlatform())
  await registerLinks(stage)
})
afterAll(() => stage.platform.stop())

describe('protocol', () => {
  it('A1 B1 C2: GET, HEAD and OPTIONS over HTTP 1.1, and no other method', async () => {
    const got = await stage.ask(`/${LOT}`)
    const head = await stage.ask(`/${LOT}`, {}, 'HEAD')
    expect([got.status, head.status]).toEqual([200, 200])
    expect(head.body).toHaveLength(0)
    expect(head.headers['content-length']).toBe(got.headers['content-length'])
    const options = await stage.ask(`/${LOT}`, {}, 'OPTIONS')
    expect(options.status).toBe(204)
    expect(options.headers.allow).toBe('GET, HEAD, OPTIONS')
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const refused = await stage.ask(`/${LOT}`, { accept: 'application/json' }, method)
      expect(refused.status, method).toBe(405)
      expect(refused.headers.allow).toBe('GET, HEAD, OPTIONS')
    }
    const redirected = await stage.ask(`/${ABROAD}`, {}, 'HEAD')
    expect(redirected.status).toBe(307)
    expect(redirected.headers.location).toBe('https://brand.example/vinegar')
  })

  it('A3 B3 C4: CORS on pages, redirects, linksets, errors and in answer to a preflight', async () => {
    for (const path of [
      `/${LOT}`,
      `/${ABROAD}`,
      `/${LOT}?linkType=linkset`,
      `/${NOBODY}`,
      '/01/1',
      '/.well-known/gs1resolver',
    ]) {
      const { headers } = await stage.ask(path)
      expect(headers['access-control-allow-origin'], path).toBe('*')
      expect(String(headers['access-control-allow-methods'])).toMatch(/GET.*HEAD.*OPTIONS/)
    }
    const ask = { origin: 'https://app.example', 'access-control-request-method': 'GET' }
    const preflight = await stage.ask(`/${LOT}`, ask, 'OPTIONS')
    expect(preflight.status).toBe(204)
    expect(preflight.headers['access-control-allow-origin']).toBe('*')
    const exposed = await stage.ask(`/${ABROAD}`, { origin: 'https://app.example' })
    expect(String(exposed.headers['access-control-expose-headers'])).toMatch(/Link/)
  })

  it('A7 A9 B6 B7 C5 C6: a URI that is malformed is 400, one that is unknown 404, never 200', async () => {
    const malformed = [
      '/01/09521321000606', // check digit
      '/01/0952132100060', // 13 digits of which none is a check digit
      '/01/0952132100060A',
      `/${LOT}/foo`,
      `/${LOT}/17/261231`, // a data attribute in the path
      `/${LOT}/21/`.replace('/21/', '/21//'),
      `/${LOT}/21/${'x'.repeat(21)}/99/1`,
      '/00/123',
      '/414/9521321000019',
    ]
    for (const path of malformed) {
      for (const accept of ['text/html', 'application/json', 'application/linkset+json']) {
        const { status, text } = await stage.ask(path, { accept })
        expect(status, `${path} ${text.slice(0, 200)}`).toBe(400)
      }
      expect((await stage.ask(`${path}?linkType=gs1:pip`)).status, path).toBe(400)
    }
    for (const path of [`/${NOBODY}`, `/${NOBODY}/10/X`, '/00/095213210000000995', '/nothing-at-all', '/x']) {
      for (const accept of ['text/html', 'application/json', 'application/linkset+json'])
        expect((await stage.ask(path, { accept })).status, `${path} ${accept}`).toBe(404)
    }
  })

  it('A8 A22 B18 C29 C39: a trailing slash changes nothing', async () => {
    for (const path of [`/${LOT}`, `/${PRODUCT}`, `/${ABROAD}`, `/${LOT}?linkType=gs1:recallStatus`]) {
      const [bare = '', query] = path.split('?')
      const slashed = await stage.ask(`${bare}/${query ? `?${query}` : ''}`)
      const plain = await stage.ask(path)
      expect([slashed.status, slashed.headers.location]).toEqual([plain.status, plain.headers.location])
    }
  })

  it('A10: other key-value pairs in the query string are taken and kept', async () => {
    const { status } = await stage.ask(`/${LOT}?17=261231&x=1&%20=%20`)
    expect(status).toBe(200)
  })

  it('C1: every qualifier of every primary key is understood, percent-encoded, too', async () => {
    const paths = [
      `${PRODUCT}/22/V1`,
      `${PRODUCT}/22/V1/10/L1`,
      `${PRODUCT}/22/V1/10/L1/21/S1`,
      `${PRODUCT}/10/L%2F1%20a`,
      `${PRODUCT}/235/X1`,
    ]
    for (const path of paths) {
      const levels = await linksetAt(stage, `/${path}`)
      expect(levels.at(-1)?.anchor, path).toBe(linkOf(PRODUCT))
    }
    for (const [scheme, { forms, qualifiers }] of stage.platform.running.parts.codes.schemes) {
      if (!forms.digitalLink) continue
      for (const q of qualifiers) expect(q.ai, scheme).toMatch(/^\d{2,4}$/)
    }
  })
})

describe('compressed links', () => {
  const SAME = 'http://www.w3.org/2002/07/owl#sameAs'
  /** Path of a link compressed whole, or behind its key. */
  function compressed(key: string, options: { keepKey?: boolean; optimise?: boolean } = {}): string {
    const made = compressLink(linkOf(key), options)
    if (!made.ok) throw new Error(made.message.en)
    return new URL(made.text).pathname
  }
  const ITEM = `${LOT}/21/S7`
  const waysOf = (key: string) => [
    compressed(key),
    compressed(key, { optimise: false }),
    ...(key === PRODUCT ? [] : [compressed(key, { keepKey: true })]),
  ]

  it('A4 A5 A6 B4 B5 C7 C8 C9: are answered in place as the URI in full is, which stands in Link as owl:sameAs', async () => {
    for (const key of [PRODUCT, LOT, ITEM, `${PRODUCT}/22/V1/10/L1/21/S1`]) {
      const plain = await stage.ask(`/${key}`)
      expect(String(plain.headers.link)).not.toContain(SAME)
      for (const path of waysOf(key)) {
        expect(path).not.toBe(`/${key}`)
        for (const slash of ['', '/']) {
          const answer = await stage.ask(path + slash)
          expect([answer.status, answer.headers.location], path).toEqual([plain.status, undefined])
          // the page's own links keep the address
          expect(answer.text.replaceAll(`${path}${slash}?`, `/${key}?`), path).toBe(plain.text)
          expect(String(answer.headers.link)).toContain(`<${linkOf(key)}>; rel="${SAME}"`)
        }
        expect((await stage.ask(path, {}, 'HEAD')).status).toBe(plain.status)
      }
    }
    const [whole = ''] = waysOf(LOT)
    const levels = await linksetAt(stage, whole)
    expect(levels).toEqual(await linksetAt(stage, `/${LOT}`))
    expect(levels.map(level => level.anchor)).toEqual([linkOf(LOT), linkOf(PRODUCT)])
    const data = await stage.ask(whole, { accept: 'application/json' })
    expect(JSON.parse(data.text)).toMatchObject({ code: linkOf(LOT), page: `https://trace.example.org/${LOT}` })
  })

  it('C8 C10: a requested link, or a foreign default, is redirected to; other platforms are given the URI in full', async () => {
    for (const path of waysOf(LOT)) {
      const { status, headers } = await stage.ask(`${path}?linkType=gs1:recallStatus&17=261231`)
      const location = 'https://brand.example/recalls/L1?linkType=gs1:recallStatus&17=261231'
      expect([status, headers.location], path).toEqual([307, location])
      expect(String(headers.link)).toContain(`<${linkOf(LOT)}>; rel="${SAME}"`)
    }
    const [abroad = ''] = waysOf(`${ABROAD}/10/L1`)
    expect((await stage.ask(abroad)).headers.location).toBe('https://brand.example/vinegar')
    const platform = {
      match: 'company-prefix',
      prefix: '9521399',
      name: { zh: '外市平台', en: 'Another city' },
      home: 'https://far.example/',
      query: 'https://far.example/resolve?code={code}',
    }
    await stage.register('/api/platforms', platform, ADMIN_KEY)
    const far = '01/09521399000002/10/X'
    const [handled = ''] = waysOf(far)
    const { status, headers } = await stage.ask(`${handled}?linkType=gs1:handledBy`)
    const target = `https://far.example/resolve?code=${encodeURIComponent(linkOf(far))}&linkType=gs1:handledBy`
    expect([status, headers.location]).toEqual([307, target])
  })

  it('A7 B6 C5: what only looks like one is refused', async () => {
    for (const path of ['/AAAAAAAAAAAA', '/not-a-link-at-all', `/${'A'.repeat(40)}`]) {
      const answer = await stage.ask(path)
      expect(answer.status, path).toBe(404)
      expect(String(answer.headers.link)).not.toContain(SAME)
    }
    // behind a key it is a Digital Link that is malformed
    for (const rest of ['!!!', 'not-a-link-at-all']) expect((await stage.ask(`/${PRODUCT}/${rest}`)).status).toBe(400)
  })
})

describe('description file', () => {
  it('A18 B15 C25 C26 C27 C36: /.well-known/gs1resolver names root, primary keys, vocabulary and context', async () => {
    const answer = await stage.ask('/.well-known/gs1resolver', { accept: '*/*' })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toContain('application/json')
    const file = JSON.parse(answer.text)
    expect(file.resolverRoot).toBe('https://trace.example.org')
    expect(file.supportedPrimaryKeys).toContain('01')
    const allowed = '00 01 253 255 401 402 410 411 412 413 414 415 417 8003 8004 8006 8010 8013 8017 8018 all'.split(
      ' ',
    )
    for (const key of file.supportedPrimaryKeys) expect(allowed).toContain(key)
    for (const key of file.supportedPrimaryKeys.filter((k: string) => k !== 'all'))
      expect((await stage.ask(`/${key}/x`)).status, `/${key}/x is a path of the resolver`).toBe(400)
    expect(file.supportedLinkType).toEqual([{ namespace: 'https://ref.gs1.org/voc/', prefix: 'gs1:' }])
    expect(file.jsonLdContextLocation).toMatch(/^https:\/\//)
    expect(file.linkTypeDefaultCanBeLinkset).toBe(false)
  })

  it('A19 B16 C37: link types of the GS1 vocabulary in every spelling; others may not double them', async () => {
    for (const type of ['gs1:faqs', 'faqs', 'https://gs1.org/voc/faqs', 'https://ref.gs1.org/voc/faqs']) {
      const { status, headers } = await stage.ask(`/${PRODUCT}?linkType=${encodeURIComponent(type)}`)
      expect(status, type).toBe(307)
      expect(headers.location).toContain('https://brand.example/faq?')
    }
    const draft = { code: PRODUCT, href: 'https://brand.example/x', title: 'x' }
    const refuse = async (linkType: string) => {
      const body = JSON.stringify({ ...draft, linkType })
      const answer = await stage.platform.call('/api/links', { method: 'POST', key: stage.brand, body })
      expect(answer.status, linkType).toBe(400)
      expect((await answer.json()).errors[0].pointer).toBe('/linkType')
    }
    for (const type of [
      'https://schema.org/instructions',
      'gs1:noSuchType',
      'gs1:defaultLink',
      'gs1:handledBy',
      'hello world',
    ])
      await refuse(type)
    await stage.register('/api/links', { ...draft, linkType: 'https://schema.org/potentialAction' })
  })
})

describe('the list of statements', () => {
  const folder = join(ROOT, '..', 'shared', 'vectors', 'gs1-resolver-testsuite')
  const tests = readdirSync(import.meta.dirname).filter(name => /^conformance.*\.test\.ts$/.test(name))
  const titles = tests.flatMap(name =>
    [
      ...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/\bit(?:\.\w+\([^)]*\))?\(\s*['`]([^:'`]+):/g),
    ].map(m => m[1]!),
  )
  const tested = new Set(titles.flatMap(title => title.match(/\b[ABC]\d+\b/g) ?? []))

  it.skipIf(!existsSync(folder))('is tested whole, and stands whole in the design (needs shared/vectors)', () => {
    const lines = (name: string) =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter(line => line.trim() !== '')
    // the first file is one long list with numbers of its own, the last of which is 22
    expect(lines('Conformance.txt').at(-1)).toMatch(/\b22\.\s/)
    const statements = [
      ...Array.from({ length: 22 }, (_, i) => `A${i + 1}`),
      ...lines('Conformance1_2.txt').map((_, i) => `B${i + 1}`),
      ...lines('ConformantResolver1_0.txt')
        .filter(line => !/^[A-Za-z ]+:\s*$/.test(line))
        .map((_, i) => `C${i + 1}`),
    ]
    expect(statements.filter(id => !tested.has(id))).toEqual([])
    expect([...tested].filter(id => !statements.includes(id))).toEqual([])
    const design = readFileSync(join(ROOT, 'docs', 'design', 'resolver.md'), 'utf8')
    expect(statements.filter(id => !new RegExp(`\\b${id}\\b`).test(design))).toEqual([])
  })
})
