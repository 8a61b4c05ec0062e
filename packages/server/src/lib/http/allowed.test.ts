import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../../test/support/platform.ts'
import { allowedMethods } from './allowed.ts'

let p: Platform
beforeAll(async () => {
  p = await startPlatform()
})
afterAll(() => p.stop())

describe('a method that an address does not take', () => {
  it.each([
    ['PUT', '/epcis/events', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/epcis', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/epcis/bizSteps/shipping/events?perPage=1', 'GET, HEAD, OPTIONS'],
    ['GET', '/epcis/nextPageToken/x', 'DELETE'],
    ['PATCH', '/api/conflicts', 'GET, HEAD'],
    ['DELETE', '/health', 'GET, HEAD'],
  ])('%s %s: 405 with what it takes', async (method, path, allow) => {
    const answer = await p.call(path, { method })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe(allow)
    const problem = await answer.json()
    expect(problem).toMatchObject({ status: 405, detail: expect.stringContaining(allow) })
  })

  it('is told to those who may ask: without a key it is 401; what is not there is 404', async () => {
    expect((await p.call('/epcis/events', { method: 'PUT', key: null })).status).toBe(401)
    for (const path of ['/epcis/nothing', '/api/nothing', '/epcis/capture/a/b/c', '/nothing/at/all/here'])
      for (const method of ['GET', 'PUT'])
        expect((await p.call(path, { method })).status, `${method} ${path}`).toBe(404)
  })

  it('is judged by routes with places, patterns and stars', () => {
    const routes = [
      ['GET', '/a/:id'],
      ['POST', '/a/:id(^\\d+$)/x'],
      ['GET', '/t/*'],
      ['PUT', '/:key/*'],
    ].map(([method = '', url = '']) => ({ method, url, permission: null }))
    const allowed = allowedMethods(routes)
    expect(allowed('/a/b?c=/x')).toEqual(['GET'])
    expect(allowed('/a/1/x')).toEqual(['POST'])
    expect(allowed('/t/x/y')).toEqual(['GET'])
    expect(allowed('/x/y')).toBeNull()
  })
})
