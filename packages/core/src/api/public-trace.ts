import type { Bilingual } from '../i18n/messages.ts'
import type { GapKind, ReachedAs, UnitLevel } from './trace.ts'

/**
 * What the public may know of a unit: the answer of its page under `Accept: application/json`. It names no event ids,
 * no quantities and nothing forward of the unit. Indices lead into `units` and `steps`.
 */
export interface PublicTrace {
  /** canonical code */
  code: string
  /** address of its page */
  page: string
  level: UnitLevel
  verdict: PublicVerdict
  /** the unit itself (index 0), what it was made from, what carried it */
  units: PublicUnit[]
  /** newest first */
  steps: PublicStep[]
  gaps: PublicGap[]
  documents: PublicDocument[]
  coverage: PublicCoverage
  /** everything here is invented, for demonstration */
  demonstration: boolean
}

/** In order of urgency; `recalled`, `held`, `void` and `inactive` are stated by other parts of the platform. */
export const VERDICTS = [
  'recalled',
  'held',
  'void',
  'expired',
  'inactive',
  'normal',
  'product',
  'described',
  'unknown',
] as const
export type VerdictKind = (typeof VERDICTS)[number]

export interface PublicVerdict {
  kind: VerdictKind
  /** ISO 8601 instant since which it holds, where known */
  since?: string
}

export interface PublicProduct {
  /** canonical code of the product class */
  code: string
  name: Bilingual | null
  kind: Bilingual | null
  spec: string | null
  maker: PublicParty | null
  /** use, storage, allergens as the maker describes them */
  notes: { id: string; text: Bilingual }[]
}

export interface PublicParty {
  /** canonical code, or the URI; null where only a name is known */
  code: string | null
  name: Bilingual | null
  area: Bilingual | null
  phone: string | null
  licence: string | null
}

/** One value of ILMD that data/vocab/public-fields.json lists. */
export interface PublicFact {
  id: string
  block: string
  kind: 'date' | 'text' | 'area'
  title: { zh: string; en: string }
  value: string
}

export interface PublicUnit {
  code: string
  level: UnitLevel
  reachedAs: ReachedAs
  depth: number
  product: PublicProduct | null
  lot: string | null
  serial: string | null
  facts: PublicFact[]
  /** what it was made from */
  madeFrom: number[]
}

export interface PublicStep {
  /** ISO 8601 instant */
  time: string
  /** minutes east of UTC */
  zone: number
  type: string
  action: string | null
  /** business step and disposition, as far as the platform knows them */
  step: string | null
  disposition: string | null
  place: PublicParty | null
  from: PublicParty | null
  /** only where the receiver's own step is shown, too */
  to: PublicParty | null
  reporter: string
  recorded: string
  disputed: boolean
  /** the units shown here that it touches */
  units: { unit: number; role: string }[]
  /** the units of the step, or what they are inside of, belong to the story of these */
  of: number[]
  /** what the output was made from, for transformations */
  madeFrom: number[]
  /** percent of the lot looked up that it concerns */
  percent: string | null
}

export interface PublicGap {
  kind: GapKind
  unit: number
  /** at which step it stands */
  step: number | null
  /** who owes the record, where that is public */
  owedBy: PublicParty | null
  /** the record is not yet overdue until then */
  dueBy: string | null
}

export interface PublicDocument {
  kind: string
  code: string
  /** where it may be read, if it names a web address that is no GS1 code */
  link: string | null
  by: string
  time: string
}

export interface PublicCoverage {
  steps: number
  organisations: number
  gaps: number
  disputed: number
  /** when the newest record shown was received */
  latest: string | null
  /** the search was cut: there is more */
  cut: boolean
}
