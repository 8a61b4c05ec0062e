import type { Bilingual } from '../i18n/messages.ts'
import type { IssuedState } from '../issuing/code-state.ts'
import type { SuiteId } from '../proof/suite.ts'
import type { SubjectKind } from './signing.ts'
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
  /** for a code that this platform issues: its state, and since when it is used, retired or void; null for any other code */
  codeState: { state: IssuedState; since: string | null } | null
  /** the unit itself (index 0), what it was made from, what carried it */
  units: PublicUnit[]
  /** newest first */
  steps: PublicStep[]
  gaps: PublicGap[]
  documents: PublicDocument[]
  coverage: PublicCoverage
  /** canonical code that was asked for, where nothing is known of it and its lot or product is shown */
  insteadOf: string | null
  /** other numbers under which it is found */
  formerly: PublicAlias[]
  /** what organisations registered for it and for what stands above it */
  links: PublicLink[]
  /** the platform that holds the code, where this one knows nothing of it */
  elsewhere: PublicPlatform | null
  /** everything here is invented, for demonstration */
  demonstration: boolean
}

/** In order of urgency. `recalled` and `held` are stated by other parts of the platform; the state of a code, too. */
export const VERDICTS = [
  'recalled',
  'held',
  'void',
  'unissued',
  'retired',
  'expired',
  'used',
  'inactive',
  'normal',
  'product',
  'described',
  'elsewhere',
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

/**
 * Who answers for a step: `signed` by at least one subject, only `reported`, or `disagrees`: another party declares it
 * wrong, sent other content under its id, or puts an item into another lot (docs/adr/0021).
 */
export const ATTESTED = ['signed', 'reported', 'disagrees'] as const
export type Attested = (typeof ATTESTED)[number]

/** Who signed a step. An enterprise that appears nowhere else in the answer is not named. */
export interface PublicSignature {
  name: string | null
  code: string | null
  kind: SubjectKind
  suite: SuiteId
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
  /** name of the organisation that reported it, where it has one */
  reporter: string
  /** its code on this platform, and its 统一社会信用代码 (GB 32100) once it is registered */
  reporterCode: string
  reporterCreditCode: string | null
  recorded: string
  disputed: boolean
  attested: Attested
  signatures: PublicSignature[]
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

/** A number beside the code's own: the one before a correction, an approval number, a certificate. */
export interface PublicAlias {
  number: string
  kind: string
  title: { zh: string; en: string }
  /** it was printed as the code itself and is still in use */
  former: boolean
  /** date */
  since: string | null
}

export interface PublicLink {
  /** URI of the link type */
  type: string
  title: string
  href: string
  languages: string[]
  /** code of the organisation that registered it */
  by: string
}

export interface PublicPlatform {
  name: { zh: string; en: string }
  home: string
  /** where to ask about the code */
  address: string
  state: 'active' | 'paused' | 'closed'
}

export interface PublicCoverage {
  steps: number
  organisations: number
  gaps: number
  disputed: number
  /** steps that bear a signature, and steps on which parties disagree */
  signed: number
  disagreeing: number
  /** when the newest record shown was received */
  latest: string | null
  /** the search was cut: there is more */
  cut: boolean
}
