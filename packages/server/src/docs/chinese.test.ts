import { describe, expect, it } from 'vitest'
import { CHINESE, inBoth } from './chinese.ts'
import { type Json, openApi } from './openapi.ts'
import { DECLARED } from './operations.ts'
import { apiPage } from './page.ts'
import { schemaJson } from './schema-json.ts'

const ABOUT = { publicUrl: 'https://trace.example.org', version: '0' }

/** Every title and description of an OpenAPI document; what stands in an example is not ours to tell. */
function textsOf(part: unknown, texts = new Set<string>()): Set<string> {
  for (const [key, value] of Object.entries((part ?? {}) as Json)) {
    if (key === 'example') continue
    if (typeof value === 'object') textsOf(value, texts)
    else if ((key === 'title' || key === 'description') && typeof value === 'string') texts.add(value)
  }
  return texts
}

/** Texts that have no Chinese and are not said to need none. */
const withoutChinese = (texts: Iterable<string>) =>
  [...texts].filter(text => !/\p{Script=Han}/u.test(text) && CHINESE[text] !== text)

describe('the Chinese of the descriptions', () => {
  const texts = textsOf(openApi(DECLARED, ABOUT))

  it('is there for every description, and of use', () => {
    expect(texts.size).toBeGreaterThan(300)
    expect(withoutChinese(texts), 'give these a Chinese text in data/docs/zh.json').toEqual([])
    const unused = Object.keys(CHINESE).filter(en => !texts.has(inBoth(en)))
    expect(unused, 'nothing is described by these any more: take them out of data/docs/zh.json').toEqual([])
    // A text without Chinese would be noticed.
    const untold = schemaJson(
      { type: 'object', properties: { x: { description: 'never told' } } },
      new Map(),
      new Map(),
    )
    expect(withoutChinese(textsOf(untold))).toEqual(['never told'])
  })

  it('stands first, the English beside it; names and forms stand alone', () => {
    expect(texts).toContain('采集任务 the capture job')
    expect(texts).toContain('BCP 47')
    for (const [en, zh] of Object.entries(CHINESE)) expect(inBoth(en)).toBe(en === zh ? en : `${zh} ${en}`)
  })

  it('is on the page, also in its contents', () => {
    const page = apiPage(DECLARED, ABOUT)
    expect(page).toContain('采集任务 <span lang="en" class="s">the capture job</span>')
    const [, contents = ''] = /<nav[^>]*>(.*?)<\/nav>/s.exec(page) ?? []
    const links = contents.split('</a>').slice(0, -1)
    expect(links.length).toBeGreaterThan(15)
    for (const link of links)
      expect(link).toMatch(/\p{Script=Han}.* <span lang="en" class="s">[^<]*[A-Za-z]{3}[^<]*<\/span>$/u)
  })
})
