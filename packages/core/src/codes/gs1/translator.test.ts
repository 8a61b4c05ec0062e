import { describe, expect, it } from 'vitest'
import { testCodes } from '../schemes.fixture.ts'
import { VECTORS_THERE, vectors } from '../vectors.fixture.ts'
import { decodeSegment } from './percent.ts'

/** The shared vectors of the OpenEPCIS translator: conversion both ways, validity, conversions to be refused. */

interface Conversion {
  fn: string
  input: string
  expected: string
  gcpLength?: number
}
interface Refusal {
  fn: string
  input: string
  gcpLength: number | null
}
interface Validity {
  input: string
  valid: boolean
  /** an object: check digits are to be verified */
  gcpLength: number | boolean | object | null
  file: string
}

const folder = 'openepcis-translator/vectors/'
const codes = testCodes()

const CHECK_DIGIT =
  'its check digit is wrong, so it is no key (General Specifications §7.9); a URN would name another unit'
const NO_PATH = 'a raw / ? or # ends a path segment (RFC 3986 §3.3): the value has to be percent-encoded'
/** Vectors we believe wrong: our answer, and why. */
const WRONG_TO_URN: Record<string, { answer: string | null; why: string }> = {
  'https://google.com/8017/123456789012345678': { answer: null, why: CHECK_DIGIT },
  'https://google.com/8017/643963764374736343': { answer: null, why: CHECK_DIGIT },
  'https://google.com/8017/645933932413121231': { answer: null, why: CHECK_DIGIT },
  'https://google.com/8017/667602231213121237': { answer: null, why: CHECK_DIGIT },
  'https://id.gs1.org/01/93511525326356/235/0230293': { answer: null, why: CHECK_DIGIT },
  'https://id.gs1.org/8010/4748374/23748#94//8011/94304': { answer: null, why: NO_PATH },
  'https://id.gs1.org/8010/30056867890#1294-5A/8011/4893': { answer: 'urn:epc:idpat:cpi:30056867.890.*', why: NO_PATH },
  'https://id.gs1.org/253/8934893489494":?>': { answer: 'urn:epc:id:gdti:893489348949..%22:', why: NO_PATH },
  'https://id.gs1.org/8004/3575958495850!"/%_': { answer: null, why: NO_PATH },
  'https://id.gs1.org/8004/7324878;><=?': { answer: 'urn:epc:id:giai:732487.8;%3E%3C=', why: NO_PATH },
  'https://id.gs1.org/01/12345678901231/21//19:;<=>?AZ_az': { answer: null, why: NO_PATH },
  'https://id.gs1.org/01/57875874837438/235/19:;<=>?AZ_az': {
    answer: 'urn:epc:id:upui:787587.5483743.19:;%3C=%3E',
    why: NO_PATH,
  },
}

describe.skipIf(!VECTORS_THERE)('OpenEPCIS translator vectors (skipped where ../shared/vectors is absent)', () => {
  const conversions = vectors<Conversion[]>(`${folder}urn-digitallink-conversion.json`, []).filter(
    vector => !vector.fn.endsWith('Vocabulary'),
  )
  const toLink = conversions.filter(vector => vector.fn.startsWith('toURI'))
  const toUrn = conversions.filter(vector => vector.fn.startsWith('toURN'))

  it.each(toLink)('$input → $expected', ({ input, expected }) => {
    const link = codes.toDigitalLink(input)
    // URNs and links there carry characters raw that both standards escape; ours are escaped
    if (/["<>?]|%(?![0-9A-F]{2})|\/\/19|\/$|\/38|-\.\//.test(expected.slice(8)))
      expect(decodeSegment(link)).toBe(expected)
    else if (link !== expected) expect(decodeSegment(link)).toBe(expected)
    expect(codes.unitKey(link)).toBe(codes.unitKey(input))
    expect(codes.levelOf(codes.unitKey(input))).not.toBe('other')
  })

  it.each(toUrn)('$input → $expected', ({ input, expected, gcpLength }) => {
    const length = gcpLength ?? expected.split(':')[4]!.indexOf('.')
    const urn = codes.toUrn(input, () => length)
    const wrong = WRONG_TO_URN[input]
    if (wrong) expect(urn, wrong.why).toBe(wrong.answer)
    else {
      expect(urn === expected || decodeSegment(urn ?? '') === expected, `${urn}`).toBe(true)
      expect(codes.unitKey(urn!)).toBe(codes.unitKey(input))
    }
  })

  it('knows every vector it believes wrong', () => {
    expect(conversions.length).toBeGreaterThan(100)
    for (const input of Object.keys(WRONG_TO_URN)) expect(toUrn.some(vector => vector.input === input)).toBe(true)
  })

  it.each(vectors<Refusal[]>(`${folder}negative-conversion.json`, []))('refuses $fn $input', vector => {
    if (vector.fn.includes('URN')) expect(codes.toUrn(vector.input, () => vector.gcpLength)).toBeNull()
    else expect(codes.toDigitalLink(vector.input)).toBe(vector.input)
  })

  const validity = vectors<Validity[]>(`${folder}identifier-validation.json`, [])

  const IN_QUERY = 'attributes stand in the query, only key and qualifiers in the path (Digital Link: URI Syntax)'
  const NO_LINK = /\/10\/240(\/16\/51010)?\/17\/51010$/
  it.each(validity.filter(v => v.valid))('$input is valid', ({ input, gcpLength }) => {
    if (NO_LINK.test(input)) {
      expect(codes.identify(input), IN_QUERY).toMatchObject([{ scheme: 'uri' }])
      return
    }
    const readings = codes.identify(input).filter(r => r.scheme !== 'uri')
    const verified = typeof gcpLength === 'object' && gcpLength !== null
    if (/^https:\/\/(?!https:).*(["#]|\/\/)/.test(input)) {
      expect(readings, NO_PATH).toEqual([])
    } else if (readings.some(r => r.ok)) {
      expect(readings.every(r => r.ok)).toBe(true)
    } else {
      // valid there as long as check digits are not verified: kept as a unit, and called wrong by `read`
      expect(verified).toBe(false)
      expect(readings).toEqual([expect.objectContaining({ reason: 'checksum' })])
      expect(codes.levelOf(codes.unitKey(input))).not.toBe('other')
    }
  })

  const NO_HOST = 'a path without host is how unit keys are written and typed'
  const ANOTHER_LAYOUT =
    'only not the layout that the class under test is for; links of this form are valid elsewhere there'
  /** Refused there for reasons that are none here. */
  const FITS_HERE: Record<string, string> = {
    'https://id.gs1.org/8010/12345678901234A/8011/1111': 'only its prefix length is unknown there',
    '/01/09520123456788/22/22A': NO_HOST,
    '/01/09520123456788/10/ABC1/21/12345?17=180426': NO_HOST,
    '/01/09520123456788?17=201225&3103=000195&3922=0299': NO_HOST,
    '/01/09520123456788?3103=000195': NO_HOST,
    'https://id.gs1.org/01/09520123456788?17=180426': ANOTHER_LAYOUT,
    'https://id.gs1.org/01/09520123456788/10/1/21/12345?17=180426': ANOTHER_LAYOUT,
    'https://id.gs1.org/01/09520123456788?17=201225&3103=000195&3922=0299': ANOTHER_LAYOUT,
    'https://id.gs1.org/01/09520123456788?3103=000195&3922=0299&17=201225': ANOTHER_LAYOUT,
    'https://example.com/01/09520123456788?3103=000195': ANOTHER_LAYOUT,
  }
  it.each(validity.filter(v => !v.valid))('$input is not valid', ({ input, gcpLength }) => {
    const clean = codes.identify(input).some(r => r.ok && r.scheme !== 'uri' && !r.warnings)
    if (FITS_HERE[input]) expect(clean, FITS_HERE[input]).toBe(true)
    else if (clean && typeof gcpLength === 'number') {
      // right as a link, but not with a company prefix of this length
      expect(codes.toUrn(input, () => gcpLength)).toBeNull()
    } else expect(clean).toBe(false)
  })
})
