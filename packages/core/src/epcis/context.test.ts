import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contextOf, extensionsOf } from './context.ts'

const EPCIS = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'
const STANDARD = join(import.meta.dirname, '../../../../../shared/vectors/gs1-epcis/epcis-context.jsonld')

describe('contextOf', () => {
  it('expands by the document, then by the event', () => {
    const document = [EPCIS, { a: 'https://a.example/' }, { b: { '@id': 'https://b.example/#' } }]
    const context = contextOf(document, { a: 'https://other.example/', c: 'a:deep/' })
    expect(context.expand('a:x')).toBe('https://other.example/x')
    expect(context.expand('b:x')).toBe('https://b.example/#x')
    expect(context.expand('c:x')).toBe('https://other.example/deep/x')
    expect(contextOf(document).expand('a:x')).toBe('https://a.example/x')
    expect(context.qualify('b:x')).toEqual({ namespace: 'https://b.example/#', local: 'x' })
  })

  it('knows the standard prefixes without fetching anything', () => {
    expect(contextOf(EPCIS).expand('cbvmda:lotNumber')).toBe('urn:epcglobal:cbv:mda:lotNumber')
    expect(contextOf().expand('gs1:Temperature')).toBe('https://gs1.org/voc/Temperature')
  })

  it('takes full URIs, terms and a vocabulary', () => {
    const context = contextOf([{ '@vocab': 'https://v.example/', batch: 'https://b.example/batch', gone: null }])
    expect(context.expand('https://x.example/y')).toBe('https://x.example/y')
    expect(context.expand('urn:x:y')).toBe('urn:x:y')
    expect(context.qualify('https://x.example/a#y')).toEqual({ namespace: 'https://x.example/a#', local: 'y' })
    expect(context.expand('batch')).toBe('https://b.example/batch')
    expect(context.expand('weight')).toBe('https://v.example/weight')
    expect(context.expand('gone')).toBeNull()
    expect(context.expand('@type')).toBeNull()
  })

  it('has nothing for what nobody defines, and ends in circles', () => {
    expect(contextOf(EPCIS).expand('ext:x')).toBeNull()
    expect(contextOf(EPCIS).expand('x')).toBeNull()
    expect(contextOf({ a: 'https://a.example/' }, { a: null }).expand('a:x')).toBeNull()
    expect(typeof contextOf({ a: 'b:', b: 'a:' }).expand('a:x')).toBe('string')
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.string(), (document, event, name) => {
        contextOf(document, event).expand(name)
      }),
    )
  })

  it.skipIf(!existsSync(STANDARD))('has the prefixes of the published context (vectors present)', () => {
    const published = (JSON.parse(readFileSync(STANDARD, 'utf8')) as { '@context': Record<string, unknown> })[
      '@context'
    ]
    const prefixes = Object.entries(published).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && /[/#:]$/.test(entry[1]),
    )
    expect(prefixes.length).toBeGreaterThan(5)
    for (const [prefix, namespace] of prefixes) expect(contextOf().expand(`${prefix}:x`)).toBe(`${namespace}x`)
  })
})

describe('extensionsOf', () => {
  it('reads prefixes and their namespaces, and passes over what is none', () => {
    const header = 'example=https://org1.example.com/epcis/,\n b-2 = "http://vendor.example.com/x#" , =x, y, c='
    expect(extensionsOf(header)).toEqual({
      example: 'https://org1.example.com/epcis/',
      'b-2': 'http://vendor.example.com/x#',
    })
    expect(extensionsOf(['a=urn:a:', 'b=urn:b:'])).toEqual({ a: 'urn:a:', b: 'urn:b:' })
    expect(extensionsOf(undefined)).toEqual({})
  })
})
