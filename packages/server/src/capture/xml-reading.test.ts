import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lenientKey, objectXml, post, startXml, stopXml, xmlDocument } from './xml.fixture.ts'

beforeAll(startXml)
afterAll(stopXml)

/** What a key of each mode makes of one document: refused by the place of the first fault, or taken with remarks. */
async function bothModes(xml: string) {
  const outcomes = []
  for (const key of [undefined, lenientKey]) {
    const { status, problem, receipts } = await post(xml, {}, key)
    const pointer = problem.errors[0]?.pointer.split('/').at(-1)
    outcomes.push(
      status === 202 ? (receipts[0]?.remarks ?? []).filter(r => r !== 'id-assigned') : `${status} ${pointer}`,
    )
  }
  return { strict: outcomes[0], lenient: outcomes[1] }
}

const amount = (quantity: string) =>
  `<quantityList><quantityElement><epcClass>https://id.gs1.org/01/09521234543213/10/A</epcClass><quantity>${quantity}</quantity></quantityElement></quantityList>`

describe('white space that is none of XML is no white space', () => {
  it('in an EPC and a quantity', async () => {
    const epc = xmlDocument(objectXml().replace('<epc>', '<epc>&#xA0;').replace('</epc>', '&#x3000;</epc>'))
    expect(await bothModes(epc)).toEqual({ strict: '400 epc[1]', lenient: '400 epc[1]' })
    const quantity = xmlDocument(objectXml(amount('5&#xA0;')))
    expect(await bothModes(quantity)).toEqual({ strict: '400 quantity', lenient: '400 quantity' })
  })
})
