import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSegment, isUri, lastSegment } from './uri.ts'

describe('isUri', () => {
  it.each([
    'a:b',
    'urn:epc:id:sgtin:0614141.107346.2017',
    'urn:epc:idpat:sgtin:4012345.099988.*',
    "urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7'SDB",
    'https://id.gs1.org/01/09521234543213/10/ABC?17=250101&x=a/b#top?',
    'http://user:pw@example.com:8080/a//b/',
    'http://[2001:db8::1]/x',
    'http://example.com',
    'geo:50.947573340894124,6.922120147375441',
    'ni:///sha-256;b3d481c5?ver=CBV2.0',
    'example:field',
    'cbv:BizStep-shipping',
    'a:/',
    'x-y.z+1:%E4%B8%AD',
  ])('takes %s', text => {
    expect(isUri(text)).toBe(true)
  })

  it.each([
    '',
    'a',
    ':b',
    'a:',
    'a:?b',
    'a:#b',
    '1a:b',
    'weight',
    'example:重量',
    'example:a b',
    'example:a"b',
    'a:b\n',
    'a:%zz',
    'a:%4',
    'a:b#c#d',
    'a:[b]',
    'http://host:port/x',
    'http://a[b]/x',
    'http://a b/x',
    'https://例子.cn/01/09521234543213',
    '//example.com/x',
    'a:\uD83D\uDE00',
  ])('refuses %j', text => {
    expect(isUri(text)).toBe(false)
  })
})

const CHARS = 'aZ09.-_~:/?#[]@!$&()*+,;=%2F'.split('')
const anyText = fc.oneof(
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.array(fc.constantFrom(...CHARS), { maxLength: 12 }).map(rest => `http://h${rest.join('')}`),
  fc.array(fc.constantFrom(...CHARS), { maxLength: 12 }).map(rest => `urn:${rest.join('')}`),
)
const segment = fc.array(fc.constantFrom('a', 'Z', '0', '9'), { minLength: 1, maxLength: 20 }).map(s => s.join(''))

describe('the last segment of a URI', () => {
  it('may be any letters and digits: the whole stays a URI', () => {
    let replaced = 0
    fc.assert(
      fc.property(anyText, segment, (text, other) => {
        const at = lastSegment(text)
        if (!isUri(text) || at < 0) return
        replaced++
        expect(isSegment(text, at, text.length)).toBe(true)
        expect(isUri(text.slice(0, at) + other)).toBe(true)
      }),
      { numRuns: 5_000 },
    )
    expect(replaced).toBeGreaterThan(200)
  })
  it.each([
    ['https://id.gs1.org/01/06901234567892/21/400', 40],
    ['urn:epc:id:sgtin:6901234.000001.400', 32],
    ['urn:epc:id:sgtin:6901234.000001.4%2F1', -1],
    ['http://h:80', -1],
    ['urn:a:1', -1],
    ['http://h/', -1],
    ['http://h/123456789012345678901', -1],
    ['http://h/12345678901234567890', 9],
    ['', -1],
  ])('of %s begins at %i', (uri, at) => expect(lastSegment(uri)).toBe(at))
})
