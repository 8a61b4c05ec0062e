import { expect } from 'vitest'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import type { Platform } from '../../../../test/support/platform.ts'
import { type Got, get } from '../portal/asking.fixture.ts'

/** Product of the organisation `brand`, with a lot that has records. */
export const PRODUCT = '01/09521321000605'
export const LOT = `${PRODUCT}/10/L1`
/** product of `brand` whose default link leads to its own site */
export const ABROAD = '01/09521321000704'
/** product of `other` */
export const FOREIGN = '01/09521321000803'
/** a number that nobody knows */
export const NOBODY = '01/09521321000902'
export const VOC = 'https://ref.gs1.org/voc/'

export const linkOf = (key: string) => `https://id.gs1.org/${key}`

/** A document that describes products. */
export function describing(names: Record<string, string>, events: unknown[] = [objectEvent()]) {
  const elements = Object.entries(names).map(([key, name]) => ({
    id: linkOf(key),
    attributes: [{ id: 'urn:epcglobal:cbv:mda#descriptionShort', attribute: name }],
  }))
  const vocabularyList = [{ type: 'urn:epcglobal:epcis:vtype:EPCClass', vocabularyElementList: elements }]
  return documentOf(events, { epcisHeader: { epcisMasterData: { vocabularyList } } })
}

export const lotEvent = (key: string, more: Record<string, unknown> = {}) =>
  objectEvent({ epcList: undefined, quantityList: [{ epcClass: linkOf(key) }], bizStep: 'inspecting', ...more })

export interface Stage {
  platform: Platform
  /** keys of the organisations `brand` and `other` */
  brand: string
  other: string
  /** a GET with exactly these headers */
  ask(path: string, headers?: Record<string, string>, method?: string): Promise<Got>
  /** registers something with a key; throws unless it was taken */
  register(path: string, body: unknown, key?: string): Promise<{ id: string } & Record<string, unknown>>
}

/** Two organisations with their products. */
export async function stageOf(platform: Platform): Promise<Stage> {
  const brand = await platform.key('brand', ['capture', 'read', 'link:write'])
  const other = await platform.key('other', ['capture', 'read', 'link:write'])
  await platform.capture(describing({ [PRODUCT]: '测试酱油', [ABROAD]: '测试醋' }, [lotEvent(LOT)]), { key: brand })
  await platform.capture(describing({ [FOREIGN]: '别家产品' }), { key: other })
  return {
    platform,
    brand,
    other,
    ask: (path, headers, method) => get(platform.url, path, headers, method),
    async register(path, body, key = brand) {
      const answer = await platform.call(path, { method: 'POST', key, body: JSON.stringify(body) })
      expect(answer.status, await answer.clone().text()).toBe(201)
      return answer.json()
    },
  }
}

/** Links of the stage, as an enterprise would register them. */
export async function registerLinks({ register }: Stage): Promise<void> {
  const of = (code: string, linkType: string, href: string, more: object = {}) =>
    register('/api/links', { code, linkType, href, title: `${linkType} ${href.length}`, ...more })
  await of(PRODUCT, 'gs1:instructions', 'https://brand.example/zh/manual', { languages: ['zh'], title: '使用说明' })
  await of(PRODUCT, 'gs1:instructions', 'https://brand.example/en/manual', { languages: ['en'], title: 'Manual' })
  await of(PRODUCT, 'masterData', 'https://brand.example/data.json', { mediaType: 'application/json' })
  await of(PRODUCT, 'masterData', 'https://brand.example/data.xml', { mediaType: 'application/xml' })
  await of(PRODUCT, 'gs1:certificationInfo', 'https://certs.example/cn', { context: ['CN'] })
  await of(PRODUCT, 'gs1:certificationInfo', 'https://certs.example/lk', { context: ['LK'] })
  await of(PRODUCT, 'gs1:faqs', 'https://brand.example/faq?from=qr#top')
  await of(LOT, 'gs1:recallStatus', 'https://brand.example/recalls/L1')
  await of(ABROAD, 'gs1:homepage', 'https://brand.example/vinegar', { default: 'single' })
  await of(ABROAD, 'gs1:homepage', 'https://brand.example/vinegar/fr', { default: 'multi', languages: ['fr'] })
}

interface Link {
  href: string
  title: string
}
export type Context = { anchor: string } & Record<string, Link[]>

/** The linkset of a path. */
export async function linksetAt(stage: Stage, path: string, headers: Record<string, string> = {}): Promise<Context[]> {
  const answer = await stage.ask(path, { accept: 'application/linkset+json', ...headers })
  expect(answer.status, answer.text).toBe(200)
  return JSON.parse(answer.text).linkset
}
