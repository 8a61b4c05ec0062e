import { ACTION, EVENT_TYPE, formatTime, ROLE } from '@yuanliu/core'
import type { StoredEvent } from './source.ts'

const LISTS: Record<number, string> = {
  [ROLE.epc]: 'epcList',
  [ROLE.child]: 'childEPCs',
  [ROLE.input]: 'inputEPCList',
  [ROLE.output]: 'outputEPCList',
  [ROLE.quantity]: 'quantityList',
  [ROLE.childQuantity]: 'childQuantityList',
  [ROLE.inputQuantity]: 'inputQuantityList',
  [ROLE.outputQuantity]: 'outputQuantityList',
}
const QUANTITY_ROLES: readonly number[] = [ROLE.quantity, ROLE.childQuantity, ROLE.inputQuantity, ROLE.outputQuantity]

const nameOf = (table: Record<string, number>, value: number) => Object.entries(table).find(([, v]) => v === value)?.[0]

/** A stored event as the EPCIS JSON that would be captured to get it: a lot that an item was given goes into its code. */
export function eventJson(event: StoredEvent, codeOf: (key: string) => string): Record<string, unknown> {
  const json: Record<string, unknown> = {
    type: nameOf(EVENT_TYPE, event.type),
    eventID: event.id,
    eventTime: formatTime(event.time, event.zone),
    eventTimeZoneOffset: '+08:00',
    ...(event.action !== ACTION.none && { action: nameOf(ACTION, event.action) }),
    ...(event.bizStep && { bizStep: event.bizStep }),
    ...(event.disposition && { disposition: event.disposition }),
    ...(event.bizLocation && { bizLocation: { id: event.bizLocation } }),
    ...(event.sources.length && { sourceList: pairs(event.sources, 'source') }),
    ...(event.destinations.length && { destinationList: pairs(event.destinations, 'destination') }),
    ...(event.transformationID && { transformationID: event.transformationID }),
    ...(event.type === EVENT_TYPE.TransactionEvent && {
      bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epc:id:gdti:9521234.00001.1' }],
    }),
  }
  event.units.forEach((key, i) => {
    const role = event.roles[i] as number
    if (role === ROLE.parent || role === ROLE.transactionParent) json.parentID = codeOf(key)
    const list = LISTS[role]
    if (!list) return
    json[list] ??= []
    const members = json[list] as unknown[]
    members.push(
      QUANTITY_ROLES.includes(role) ? quantity(event, i, codeOf(key)) : withLot(key, event.lots?.[i] ?? null, codeOf),
    )
  })
  return json
}

function pairs(flat: readonly string[], name: string): Record<string, string>[] {
  const list: Record<string, string>[] = []
  for (let i = 0; i < flat.length; i += 2) list.push({ type: flat[i] as string, [name]: flat[i + 1] as string })
  return list
}

function quantity(event: StoredEvent, i: number, epcClass: string): Record<string, unknown> {
  const amount = event.quantities?.[i]
  const uom = event.uoms?.[i]
  return { epcClass, ...(amount && { quantity: Number(amount) }), ...(uom && { uom }) }
}

function withLot(key: string, lot: string | null, codeOf: (key: string) => string): string {
  if (!lot) return codeOf(key)
  const serial = key.slice(key.indexOf('/21/'))
  return codeOf(lot) + serial
}
