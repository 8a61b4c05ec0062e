import { type PublicTrace, PublicTraceSchema } from '@yuanliu/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDemoPlatform } from '../../../../test/support/demo-platform.ts'
import { documentOf, objectEvent } from '../../../../test/support/events.ts'
import type { Platform } from '../../../../test/support/platform.ts'
import { DATA } from '../lib/paths.ts'
import { readExamples } from './examples.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startDemoPlatform()
  await platform.capture(documentOf([...CYLINDER, ...WINE]))
})
afterAll(() => platform.stop())

const place = (gln: string) => {
  const id = `https://id.gs1.org/414/${gln}`
  return { readPoint: { id }, bizLocation: { id } }
}

/** A gas cylinder: an asset that is filled again and again. */
const CYLINDER_CODE = '8003/09521321000100CYL-7'
const CYLINDER = ['commissioning', 'inspecting', 'shipping'].map((bizStep, i) =>
  objectEvent({
    eventTime: `2026-09-0${i + 1}T08:00:00.000+08:00`,
    epcList: [`https://id.gs1.org/${CYLINDER_CODE}`],
    action: i === 0 ? 'ADD' : 'OBSERVE',
    bizStep,
    ...place('9521321000018'),
  }),
)

/** Imported wine: a lot with its country of origin. */
const WINE_CODE = '01/09521321001107/10/BORDEAUX-1'
const WINE = [
  objectEvent({
    epcList: undefined,
    quantityList: [{ epcClass: `https://id.gs1.org/${WINE_CODE}`, quantity: 600 }],
    action: 'ADD',
    bizStep: 'receiving',
    ...place('9521321000025'),
    ilmd: { 'cbvmda:lotNumber': 'BORDEAUX-1', 'cbvmda:countryOfOrigin': 'FR' },
  }),
]

describe('R-STD-06: one common core for every class of product', () => {
  it('pork, vaccine, cylinder and imported wine answer the same endpoint with the same schema', async () => {
    const published = await (await platform.call('/api/schemas/public-trace.json', { key: null })).json()
    const { $schema, ...schema } = published
    expect($schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(schema).toEqual(JSON.parse(JSON.stringify(PublicTraceSchema)))
    const validate = new Ajv2020({ strict: false }).compile(published)

    const examples = readExamples(DATA)
    const paths = [...examples.map(example => example.code), `/${CYLINDER_CODE}`, `/${WINE_CODE}`]
    for (const wanted of ['五花肉', '疫苗'])
      expect(
        examples.some(({ title, shows }) => `${title.zh}${shows.zh}`.includes(wanted)),
        wanted,
      ).toBe(true)
    const classes = new Set<string>()
    let answered = 0
    for (const path of paths) {
      const answer = await fetch(platform.url + path, { headers: { accept: 'application/json' } })
      // one of the highlights shows what an unknown code answers
      if (answer.status === 404) continue
      answered++
      expect(answer.status, path).toBe(200)
      const trace = (await answer.json()) as PublicTrace
      expect(validate(trace), `${path} ${JSON.stringify(validate.errors)}`).toBe(true)
      classes.add(trace.level)
      const [step] = trace.steps
      // what, who, where, when
      if (step) expect([trace.units[0]?.code, step.reporter, step.time].every(Boolean), path).toBe(true)
    }
    expect(answered).toBeGreaterThan(paths.length - 3)
    expect([...classes]).toEqual(expect.arrayContaining(['lot', 'item', 'asset']))
    const wine = await (await fetch(`${platform.url}/${WINE_CODE}`, { headers: { accept: 'application/json' } })).json()
    expect(wine.units[0].facts.map((f: { value: string }) => f.value)).toContain('FR')
    expect(validate({ ...wine, ageing: { barrels: 3 } })).toBe(true)
    expect(validate({ ...wine, steps: undefined })).toBe(false)
    expect(validate({ ...wine, level: 'bottle' })).toBe(false)
    expect(validate({ ...wine, units: [] })).toBe(false)
  })
})
