import { describe, expect, it } from 'vitest'
import { withWholeIdentifier } from './decoded-path.ts'

const WHOLE = 'https:%2F%2Fid.gs1.org%2F01%2F09521234543213%2F21%2F1'

describe('an identifier that a proxy has decoded', () => {
  it.each([
    ['/epcis/epcs/https://id.gs1.org/01/09521234543213/21/1', `/epcis/epcs/${WHOLE}`],
    ['/epcis/epcs/https:/id.gs1.org/01/09521234543213/21/1/events?a=/b', `/epcis/epcs/${WHOLE}/events?a=/b`],
    ['/epcis/bizLocations/https%3A/x.cn/a', '/epcis/bizLocations/https%3A%2F%2Fx.cn%2Fa'],
    ['/epcis/readPoints/https:/x.cn', '/epcis/readPoints/https:%2F%2Fx.cn'],
    ['/epcis/events/https://x.cn/events', '/epcis/events/https:%2F%2Fx.cn%2Fevents'],
    ['/epcis/bizSteps/https://x.cn/a/?nextPageToken=1', '/epcis/bizSteps/https:%2F%2Fx.cn%2Fa%2F?nextPageToken=1'],
  ])('%s', (decoded, whole) => {
    expect(withWholeIdentifier(decoded)).toBe(whole)
    expect(withWholeIdentifier(whole)).toBe(whole)
  })

  it.each([
    '/epcis/epcs',
    '/epcis/epcs/events',
    '/epcis/epcs/urn:x:1/',
    '/epcis/epcs/urn:x:1/events?x=a/b',
    '/epcis/epcs//events',
    '/epcis/events/urn:uuid:1',
    '/epcis/queries/a/b',
    '/api/codes/a/b',
    '/epcis/epcs/https%3A%2F%2Fx.cn%2Fa/events',
  ])('%s stays as it is', address => {
    expect(withWholeIdentifier(address)).toBe(address)
  })
})
