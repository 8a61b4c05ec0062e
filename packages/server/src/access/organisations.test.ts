import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../../../test/support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

async function register(draft: Record<string, unknown>, key?: string) {
  const init = { method: 'POST', body: JSON.stringify(draft), ...(key !== undefined && { key }) }
  const answer = await platform.call('/api/organisations', init)
  return { status: answer.status, body: await answer.json() }
}

describe('organisations', () => {
  it('bear a credit code that no other may bear; the refusal names the first', async () => {
    const creditCode = '91350100M000100Y43'
    const first = await register({ organisation: 'mill', name: '测试油厂', creditCode: ' 91350100m000100y43' })
    expect(first).toMatchObject({ status: 201, body: { organisation: 'mill', name: '测试油厂', creditCode } })
    expect((await register({ organisation: 'mill', creditCode })).status).toBe(200)
    const second = await register({ organisation: 'copy', creditCode })
    expect(second).toMatchObject({
      status: 409,
      body: { organisation: 'mill', detail: expect.stringContaining('mill (测试油厂)') },
    })
    const other = await register({ organisation: 'mill', creditCode: '91110000600037341L' })
    expect(other).toMatchObject({ status: 409, body: { detail: expect.stringContaining(creditCode) } })
    const answer = await platform.call('/api/organisations?limit=1000')
    const { organisations } = await answer.json()
    expect(organisations.map((o: { organisation: string }) => o.organisation)).toEqual(['mill', 'platform'])
  })

  it('registered in parallel under one code become one', async () => {
    const creditCode = '91320621MA1MRHG205'
    const answers = await Promise.all([1, 2, 3, 4, 5].map(i => register({ organisation: `twin-${i}`, creditCode })))
    expect(answers.map(a => a.status).sort()).toEqual([201, 409, 409, 409, 409])
  })

  it('are registered by the administrator, with a code that is right', async () => {
    const wrong = await register({ organisation: 'wrong', creditCode: '91350100M000100Y4Z' })
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: '/creditCode' }] } })
    expect((await register({ organisation: '../x' })).status).toBe(400)
    expect((await register({ organisation: 'own' }, await platform.key('own'))).status).toBe(403)
  })
})
