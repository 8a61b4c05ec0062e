import type { UnitLevel } from '../api/trace.ts'
import { type Fault, type Reason, wordsOf } from './fault.ts'
import type { SchemeFile } from './scheme-file.ts'

/** Readings: what a text is as a code. Small objects; what costs something is made when it is asked for. */

/** A text that is no code of a scheme, or a rule that it breaks. */
export interface FailedReading extends Fault {
  ok: false
  /** id of the scheme file; '' where no scheme was in question */
  scheme: string
  /** the rule that was broken, as the scheme names it */
  rule?: string
  /** the scheme itself is not certain */
  unverified?: true
  message: { zh: string; en: string }
}

/**
 * A text that is a code. `scheme`: id of the scheme file, or `uri` for a URI that stands for itself.
 * `parts`: by part and qualifier name, further GS1 data under their application identifiers.
 * `canonical`: the URI that stands for it. `forms`: `digitalLink`, `element`, `urn` of GS1 keys; `text`, `uri` and those
 * that the scheme names of others.
 * `lot`: unit key of the lot, where a code carries lot and serial.
 * `warnings`: it reads, but breaks a rule that is not certain or does not matter for identity.
 */
export interface FittingReading {
  ok: true
  scheme: string
  key: string
  level: UnitLevel
  lot: string | null
  canonical: string
  parts: Record<string, string>
  forms: Record<string, string>
  warnings?: FailedReading[]
  unverified?: true
}

/** One reading of a text. Do not spread it (getters are lost): `plainReading` gives a copy with all fields. */
export type Reading = FittingReading | FailedReading

/** Every field of a reading as its own. */
export function plainReading<R extends Reading>(reading: R): R {
  return JSON.parse(JSON.stringify(reading)) as R
}

class Failed implements FailedReading {
  readonly ok = false
  readonly scheme: string
  readonly reason: Reason
  readonly at: number
  declare readonly rule?: string
  declare readonly unverified?: true
  readonly #title: SchemeFile['title']

  constructor(scheme: string, title: SchemeFile['title'], { reason, at }: Fault) {
    this.scheme = scheme
    this.reason = reason
    this.at = at
    this.#title = title
  }

  get message(): { zh: string; en: string } {
    return wordsOf(this, this.#title, this.rule)
  }

  toJSON(): FailedReading {
    const { ok, scheme, reason, at, rule, unverified, message } = this
    return { ok, scheme, reason, at, ...(rule !== undefined && { rule }), ...(unverified && { unverified }), message }
  }
}

/** A fault as a reading that failed. */
export function failedReading(file: SchemeFile, fault: Fault): FailedReading {
  const failed: { -readonly [K in keyof Failed]: Failed[K] } = new Failed(file.id, file.title, fault)
  if (file.rule !== undefined) failed.rule = file.rule
  if (file.confidence === 'secondary' || file.confidence === 'recalled') failed.unverified = true
  return failed
}

/** A fault of a text that was measured by no scheme. */
export function failedText(scheme: string, title: SchemeFile['title'], fault: Fault): FailedReading {
  return new Failed(scheme, title, fault)
}

/** A reading whose parts and forms are made on demand, once. */
export class Fitting implements FittingReading {
  readonly ok = true
  readonly scheme: string
  readonly key: string
  readonly level: UnitLevel
  readonly lot: string | null
  readonly canonical: string
  declare warnings?: FailedReading[]
  declare unverified?: true
  readonly #source: Source
  #parts: Record<string, string> | null = null
  #forms: Record<string, string> | null = null

  constructor(scheme: string, key: string, level: UnitLevel, lot: string | null, canonical: string, source: Source) {
    this.scheme = scheme
    this.key = key
    this.level = level
    this.lot = lot
    this.canonical = canonical
    this.#source = source
  }

  get parts(): Record<string, string> {
    this.#parts ??= this.#source.parts()
    return this.#parts
  }

  get forms(): Record<string, string> {
    this.#forms ??= this.#source.forms(this.canonical)
    return this.#forms
  }

  toJSON(): FittingReading {
    const { ok, scheme, key, level, lot, canonical, parts, forms, warnings, unverified } = this
    const more = { ...(warnings && { warnings }), ...(unverified && { unverified }) }
    return { ok, scheme, key, level, lot, canonical, parts, forms, ...more }
  }
}

/** Where a reading's parts and forms come from. */
export interface Source {
  parts(): Record<string, string>
  forms(canonical: string): Record<string, string>
}

/** A URI that stands for itself. */
export const ITSELF: Source = { parts: () => ({}), forms: () => ({}) }
