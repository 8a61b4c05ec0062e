import { describe, expect, it } from 'vitest'
import { testCodes } from '../schemes.fixture.ts'

/** Every notation of GS1 through the one entry that takes whatever was scanned or typed. */

const codes = testCodes()
const key = '01/06901234567892'

describe('identify reads', () => {
  it.each([
    ['^010690123456789210L42^21S1', 'gtin', `${key}/21/S1`],
    [']J1010690123456789210L42', 'gtin', `${key}/10/L42`],
    [']I106901234567892', 'gtin', key],
    ['https://id.gs1.org/AQnYUc1gmiCNV4JGQhcNT6K6c', 'gtin', '01/05412345000013/21/72292641703'],
    ['https://example.com/a/01/05412345000013/EEarwSMhC4an0V04?lang=zh', 'gtin', '01/05412345000013/21/72292641703'],
    ['https://id.gs1.org/gBe1ajAd9ATDmAGXPRfk', 'gsrnp', '8017/817019610850151481/8019/4003812'],
    ['(8013)1987654Ad4X4bL5ttr2310c2K', 'gmn', '8013/1987654Ad4X4bL5ttr2310c2K'],
    ['https://id.gs1.org/415/6901234000016/8020/ABC123', 'pay-to-gln', '415/6901234000016/8020/ABC123'],
    ['https://id.gs1.org/01/06901234567892/235/XYZ?10=ABC123', 'gtin', `${key}/235/XYZ`],
    ['https://id.gs1.org/01/6901234567892?3103=000195&3922=0299&17=261225', 'gtin', key],
    ['https://id.gs1.org/01/06901234567892/21/7?17=261225&utm=x%20y#part', 'gtin', `${key}/21/7`],
  ])('%s', (text, scheme, expected) => {
    const [first] = codes.identify(text)
    expect(first).toMatchObject({ ok: true, scheme, key: expected })
    expect(first).not.toHaveProperty('warnings')
  })

  it('a device identifier: product, lot, serial and dates by their names', () => {
    const [reading] = codes.identify('(01)06901234567892(11)141231(17)150707(10)A213B1(21)1234')
    expect(reading).toMatchObject({
      ok: true,
      key: `${key}/21/1234`,
      lot: `${key}/10/A213B1`,
      parts: {
        gtin: '06901234567892',
        productionDate: '141231',
        expiryDate: '150707',
        lot: 'A213B1',
        serial: '1234',
        '11': '141231',
        '17': '150707',
      },
      forms: { element: '(01)06901234567892(11)141231(17)150707(10)A213B1(21)1234' },
    })
  })

  it('data in the query of a link', () => {
    const [reading] = codes.identify('https://a.cn/01/06901234567892/235/X?10=A+1&3103=000195&91=%E6')
    expect(reading).toMatchObject({
      parts: { tpx: 'X', lot: 'A 1', '10': 'A 1', netWeightKg: '000195', '3103': '000195' },
    })
  })

  it.each([
    ['(01)06901234567892(17)251332', 24, '(17)有效期（失效日期）：第 25 个字符起的部分不合规则'],
    ['(01)06901234567892(8099)1', 24, '(8099)没有这个应用标识符：第 25 个字符起的部分不合规则'],
    ['(01)06901234567892(37)5', 4, '(01)全球贸易项目代码，与其他标识符的搭配：第 5 个字符起的部分不合规则'],
    ['https://a.cn/01/06901234567892?17=2025', 38, '(17)有效期（失效日期）：长度不对（第 39 个字符处）'],
    ['https://a.cn/01/06901234567892?10=L', 34, '(10) 不能写在问号之后：第 35 个字符起的部分不合规则'],
    ['https://a.cn/01/06901234567892?8200=http', 36, '(8200) 不能写在问号之后：第 37 个字符起的部分不合规则'],
    ['https://a.cn/415/6901234000016', 17, '(415)开票方全球位置码，与其他标识符的搭配：第 18 个字符起的部分不合规则'],
  ])('%s with a warning: what is beside a key does not change what it names', (text, at, zh) => {
    const [reading] = codes.identify(text)
    expect(reading).toMatchObject({ ok: true })
    expect(reading?.ok && reading.warnings?.[0]).toMatchObject({ at, message: { zh } })
  })

  it.each(['https://example.com/about-us', 'https://example.com/AQnYUc1gmh', 'https://example.com/a/b/gASXYN'])(
    '%s as nothing but itself',
    text => expect(codes.identify(text)).toMatchObject([{ scheme: 'uri' }]),
  )
})
