import { describe, expect, it } from 'vitest'
import { run } from './program.ts'
import { recorded } from './shell.fixture.ts'

async function code(text: string, ...options: string[]) {
  const shell = recorded({})
  const exit = await run(['code', text, ...options], shell)
  return { exit, out: shell.out() }
}

describe('yuanliu code', () => {
  it('explains a code in Chinese and English', async () => {
    const zh = await code('91350100M000100Y43', '--lang', 'zh')
    expect(zh.exit).toBe(0)
    expect(zh.out).toContain('✓ 统一社会信用代码 [uscc]')
    expect(zh.out).toContain('登记管理机关行政区划码  350100 = 福建省福州市')
    expect(zh.out).toContain('市场监管')
    expect(zh.out).toContain('urn:yuanliu:uscc:91350100M000100Y43')
    const en = await code('7732-18-5', '--lang', 'en')
    expect(en.out).toContain('✓ CAS Registry Number [cas]')
    expect(en.out).toMatch(/check digit.*5 \(weighted\)/i)
  })

  it('says what the law wants shown, and what is not certain', async () => {
    expect((await code('10929272000000000000000000000000', '--lang', 'zh')).out).toContain('农业部公告第2579号')
    expect((await code('202611210123400000012345', '--lang', 'en')).out).toContain('not verified')
  })

  it('says what is wrong, and exits with 1', async () => {
    const wrong = await code('SC11537060012345', '--lang', 'en')
    expect(wrong.exit).toBe(1)
    expect(wrong.out).toMatch(/✗ Food production licence: check digit \(character 16\).*\[sc, checksum, 15\]/)
    const nothing = await code('猪肉', '--lang', 'zh')
    expect(nothing.exit).toBe(1)
    expect(nothing.out).toContain('uscc')
  })

  it('gives JSON', async () => {
    const { out } = await code('VIN LFWADRJF011002346', '--json')
    expect(JSON.parse(out)).toMatchObject({
      readings: [{ ok: true, scheme: 'vin', parts: { wmi: 'LFW', check: '0' } }],
    })
  })
})
