import { describe, expect, it } from 'vitest'
import { isUri } from './uri.ts'

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
