import type { UnitLevel } from '../api/trace.ts'
import { encodeCode } from './code-uri.ts'
import type { Fault } from './fault.ts'
import { codeIn, faultOf, type Layout, partsIn } from './layout.ts'
import { clean, cleaned } from './normalise.ts'
import { boundedKey, mayBeCode } from './plain-uri.ts'
import { type FailedReading, Fitting, failedReading, type Reading, type Source } from './reading.ts'
import { CLEAN, judge, lastWarnings, type Scheme, WARNED } from './scheme.ts'
import { fillTemplate } from './template.ts'

/** Codes that are no GS1 keys: their canonical URI, their reading. */

/** The canonical URI of a code. */
export function uriOf(scheme: Scheme, code: string): string {
  return scheme.uri + encodeCode(code)
}

/** The reading of a value that fits one of the scheme's layouts. */
export function fittingPlain(scheme: Scheme, layout: Layout, value: string, code = codeIn(layout, value)): Fitting {
  const canonical =
    layout.safe && !scheme.identity ? scheme.uri + code : uriOf(scheme, named(scheme, layout, value, code))
  const short = mayBeCode(canonical)
  const key = short ? canonical : boundedKey(canonical)
  const level: UnitLevel = short ? scheme.level : 'other'
  const reading = new Fitting(scheme.id, key, level, null, canonical, new PlainSource(scheme, layout, value, code))
  if (!scheme.certain) reading.unverified = true
  return reading
}

/** What stands behind the URI: the code, or the parts of it that identify. */
function named({ identity, file }: Scheme, layout: Layout, value: string, code: string): string {
  return identity ? fillTemplate(file.forms.identity!, partsIn(layout, value)) : code
}

class PlainSource implements Source {
  readonly #scheme: Scheme
  readonly #layout: Layout | null
  readonly #value: string
  readonly #code: string

  constructor(scheme: Scheme, layout: Layout | null, value: string, code: string) {
    this.#scheme = scheme
    this.#layout = layout
    this.#value = value
    this.#code = code
  }

  parts(): Record<string, string> {
    return this.#layout ? partsIn(this.#layout, this.#value) : {}
  }

  forms(canonical: string): Record<string, string> {
    if (!this.#scheme.whole) return { uri: canonical }
    const { text, texts = {} } = this.#scheme.file.forms
    const forms: Record<string, string> = { text: this.#code, uri: canonical }
    if (!this.#layout) return forms
    const known = { ...this.parts(), code: this.#code }
    if (text !== undefined) forms.text = fillTemplate(text, known)
    for (const [name, template] of Object.entries(texts)) forms[name] = fillTemplate(template, known)
    return forms
  }
}

/**
 * Judges text[from…) as a code of one scheme. What is not certain about the scheme warns; a text that does not even have
 * the structure of an uncertain scheme is read as it stands, with a warning.
 */
export function readPlain(scheme: Scheme, text: string, from: number): Reading {
  const value = clean(scheme.normaliser, text, from)
  const { verdict, layout } = judge(scheme, value)
  if (verdict === CLEAN) return fittingPlain(scheme, scheme.layouts[layout]!, value)
  const faults = verdict === WARNED ? lastWarnings() : [faultOf(verdict)]
  const { place } = cleaned(scheme.normaliser, text, from)
  const said = faults.map(fault => failedReading(scheme.file, placed(fault, place)))
  const refused = verdict !== WARNED
  if (refused && (scheme.certain || value === '' || (verdict & 3) > 1)) return said[0]!
  return warnedReading(scheme, refused ? null : scheme.layouts[layout]!, value, said)
}

function warnedReading(scheme: Scheme, layout: Layout | null, value: string, warnings: FailedReading[]): Reading {
  if (layout) {
    const reading = fittingPlain(scheme, layout, value)
    reading.warnings = warnings
    return reading
  }
  const canonical = uriOf(scheme, value)
  const source = new PlainSource(scheme, null, value, value)
  // structure unknown: it is no more than a URI yet
  const reading = new Fitting(scheme.id, boundedKey(canonical), 'other', null, canonical, source)
  reading.unverified = true
  reading.warnings = warnings
  return reading
}

function placed({ reason, at }: Fault, place: (index: number) => number): Fault {
  return { reason, at: place(at) }
}
