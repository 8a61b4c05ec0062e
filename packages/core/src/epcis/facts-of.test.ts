import { describe, expect, it } from 'vitest'
import { testCodes } from '../codes/schemes.fixture.ts'
import { contextOf } from './context.ts'
import { ROLE } from './facts.ts'
import { factsOf, plainDecimal } from './facts-of.ts'

const codes = testCodes()
const expand = contextOf('https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld').expand
const facts = (event: Record<string, unknown>) =>
  factsOf(
    {
      type: 'ObjectEvent',
      action: 'ADD',
      eventTime: '2026-10-01T08:00:00.123456+08:00',
      eventTimeZoneOffset: '+08:00',
      ...event,
    },
    { codes, expand },
  )
const item = (serial: string) => `https://id.gs1.org/01/09521234543213/21/${serial}`

describe('factsOf', () => {
  it('gives the same facts for every notation', () => {
    const urn = facts({ epcList: ['urn:epc:id:sgtin:9521234.054321.7'], bizStep: 'urn:epcglobal:cbv:bizstep:shipping' })
    const link = facts({
      epcList: ['https://shop.example.org/x/01/09521234543213/21/7'],
      bizStep: 'https://ref.gs1.org/cbv/BizStep-shipping',
    })
    expect(urn).toEqual(link)
    expect(urn).toMatchObject({ units: ['01/09521234543213/21/7'], bizStep: 'shipping', zone: 480 })
    expect(urn.time).toBe(Date.parse('2026-10-01T00:00:00.123Z') * 1000 + 456)
  })

  it('gives items the lot of the ILMD, and mentions the lot once', () => {
    const f = facts({ epcList: [item('1'), item('2')], ilmd: { 'cbvmda:lotNumber': 'L42' } })
    const lot = '01/09521234543213/10/L42'
    expect(f.units).toEqual(['01/09521234543213/21/1', '01/09521234543213/21/2', lot])
    expect(f.roles).toEqual([ROLE.epc, ROLE.epc, ROLE.lotOfSubject])
    expect(f.lots).toEqual([lot, lot, null])
  })

  it('reads the ILMD by namespace, not by prefix, and only where an event gives lots', () => {
    const ilmd = { 'x:lotNumber': 'L42' }
    expect(facts({ epcList: [item('1')], ilmd }).lots).toBeNull()
    const named = contextOf([{ x: 'urn:epcglobal:cbv:mda:' }]).expand
    const base = {
      type: 'ObjectEvent',
      action: 'ADD',
      eventTime: '2026-10-01T00:00:00Z',
      eventTimeZoneOffset: '+00:00',
      epcList: [item('1')],
      ilmd,
    }
    expect(factsOf(base, { codes, expand: named }).lots).toEqual(['01/09521234543213/10/L42', null])
    expect(factsOf({ ...base, action: 'OBSERVE' }, { codes, expand: named }).lots).toBeNull()
  })

  it('takes the lot of a code that carries lot and serial, in the role of the item', () => {
    const both = (serial: string) => `https://id.gs1.org/01/09521234543213/10/L1/21/${serial}`
    const f = facts({
      type: 'TransformationEvent',
      action: undefined,
      inputEPCList: [both('a')],
      outputEPCList: [both('b')],
      transformationID: 'urn:x:1',
    })
    expect(f.units.map((u, i) => [f.roles[i], u])).toEqual([
      [ROLE.input, '01/09521234543213/21/a'],
      [ROLE.output, '01/09521234543213/21/b'],
      [ROLE.lotOfInput, '01/09521234543213/10/L1'],
      [ROLE.lotOfOutput, '01/09521234543213/10/L1'],
      [ROLE.transformation, 'transformation/urn:x:1'],
    ])
    const seen = facts({ action: 'OBSERVE', epcList: [both('a')] })
    expect(seen.units).toEqual(['01/09521234543213/21/a', '01/09521234543213/10/L1'])
    expect(seen.roles).toEqual([ROLE.epc, ROLE.lotMember])
  })

  it('does not mention a lot twice that the event names itself', () => {
    const f = facts({
      epcList: [item('1')],
      quantityList: [{ epcClass: 'urn:epc:class:lgtin:9521234.054321.L42', quantity: 10, uom: 'KGM' }],
      ilmd: { 'cbvmda:lotNumber': 'L42' },
    })
    expect(f.roles).toEqual([ROLE.epc, ROLE.quantity])
    expect(f.quantities).toEqual([null, '10'])
    expect(f.uoms).toEqual([null, 'KGM'])
  })

  it('keeps parents of transactions apart from parents of packing, and drops repeated codes', () => {
    const parent = 'urn:epc:id:sscc:9521234.0123456789'
    expect(facts({ type: 'TransactionEvent', parentID: parent }).roles).toEqual([ROLE.transactionParent])
    const f = facts({ type: 'AggregationEvent', parentID: parent, childEPCs: [item('1'), item('1')] })
    expect(f.roles).toEqual([ROLE.parent, ROLE.child])
  })
})

describe('plainDecimal', () => {
  it('writes numbers without exponents', () => {
    for (const [value, text] of [
      [0.1, '0.1'],
      [1e21, '1000000000000000000000'],
      [1.5e-7, '0.00000015'],
      [-2e-7, '-0.0000002'],
      [12345.678, '12345.678'],
      [1.2345e22, '12345000000000000000000'],
    ] as const)
      expect(plainDecimal(value)).toBe(text)
  })
})
