import { join } from 'node:path'
import { demoDocuments, demoRecords } from './documents.ts'
import { loadDemoCity } from './load-city.ts'
import type { DemoEvent, DemoRecord, Json } from './scribe.ts'

export const DATA = join(import.meta.dirname, '../../../../data')
export const city = loadDemoCity(join(DATA, 'demo'))
export const documents = [...demoDocuments(city)]
export const records = demoRecords(city)

export type ThingField = 'epcList' | 'childEPCs' | 'inputEPCList' | 'outputEPCList'
export type AmountField = 'quantityList' | 'childQuantityList' | 'inputQuantityList' | 'outputQuantityList'
export const AMOUNT_FIELDS = ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList'] as const
const THING_FIELDS = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList'] as const

export interface Quantity {
  epcClass: string
  quantity?: number
  uom?: string
}

export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
export const things = (event: DemoEvent, field: ThingField): string[] => (event[field] as string[] | undefined) ?? []
export const amounts = (event: DemoEvent, field: AmountField): Quantity[] =>
  (event[field] as Quantity[] | undefined) ?? []

/** Every unit that an event names, as it is written there. */
export function unitsOf(event: DemoEvent): string[] {
  return [
    ...(event.parentID ? [text(event.parentID)] : []),
    ...THING_FIELDS.flatMap(field => things(event, field)),
    ...AMOUNT_FIELDS.flatMap(field => amounts(event, field).map(amount => amount.epcClass)),
  ]
}

export function eventsOf(document: { [name: string]: Json }): DemoEvent[] {
  return (document.epcisBody as { eventList: DemoEvent[] }).eventList
}

/** Records without declarations and without what their own reporter declared wrong. */
export function effective(all: readonly DemoRecord[]): DemoRecord[] {
  const voided = new Set<string>()
  for (const { event, reporter } of all) if (event.errorDeclaration) voided.add(`${reporter} ${text(event.eventID)}`)
  return all.filter(
    ({ event, reporter }) => !event.errorDeclaration && !voided.has(`${reporter} ${text(event.eventID)}`),
  )
}

/** `party/…` code of the party whose GLN an owning or possessing source or destination names. */
export function partyNamed(event: DemoEvent, list: 'sourceList' | 'destinationList'): string {
  const field = list === 'sourceList' ? 'source' : 'destination'
  const entries = (event[list] as { [name: string]: string }[] | undefined) ?? []
  const value = entries.find(entry => entry.type === 'possessing_party')?.[field] ?? ''
  return [...city.parties.values()].find(party => value.endsWith(`/417/${party.gln}`))?.code ?? ''
}
