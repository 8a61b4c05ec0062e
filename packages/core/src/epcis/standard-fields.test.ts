import { expect, it } from 'vitest'
import { checkEvent } from './check.ts'
import { standardFields } from './standard-fields.ts'

const own = {
  type: 'example:OwnEvent',
  eventTime: '2026-10-01T00:00:00Z',
  eventTimeZoneOffset: '+08:00',
}

it('keeps of an event of its own type what the standard would put there, and leaves out the rest', () => {
  const event = {
    ...own,
    bizStep: { not: 'a step' },
    action: 'JUMP',
    readPoint: { id: 'urn:epc:id:sgln:9521321.00001.0' },
    bizLocation: 'urn:epc:id:sgln:9521321.00001.0',
    epcList: ['urn:epc:id:sgtin:9521234.054321.1'],
    childEPCs: [1],
    quantityList: [{ epcClass: 'urn:epc:class:lgtin:9521234.054321.A', quantity: 'many' }],
    more: { of: 'its own' },
  }
  expect(checkEvent(event)).toEqual([])
  const { bizStep, action, bizLocation, childEPCs, quantityList, ...rest } = event
  expect(standardFields(event)).toEqual(rest)
})

it.each(['extended', 'constructor', '__proto__', 'toString'])('"%s" is no type of event', type => {
  expect(checkEvent({ ...own, type }).map(f => f.pointer)).toEqual(['/type'])
})
