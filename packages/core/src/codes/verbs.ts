import type { Compiled } from './compiled.ts'
import { readingOf } from './gs1/gs1-reading.ts'
import { afterWord, clean, cleaned } from './normalise.ts'
import { fittingPlain, readPlain } from './plain-code.ts'
import { LONGEST, tooLong } from './read.ts'
import { type FailedReading, failedReading, failedText, type Reading } from './reading.ts'
import type { Scheme } from './scheme.ts'
import { computeDigits, type Drafted, draft } from './write.ts'

/** One set of verbs for every scheme. Uniform results, no exceptions. */
export interface Verbs {
  /** A text as a code of one scheme, in any notation that the scheme has. */
  parse(scheme: string, text: string): Reading
  /** Whether a text is a code of one scheme, without taking it apart. */
  validate(scheme: string, text: string): Verdict
  /**
   * Writes a code from its parts by name; constants and check digits may be left out.
   * @param form name of a form as in `Reading.forms`, or `uri`; `text` (default) is the code as people write it
   */
  format(scheme: string, parts: Readonly<Record<string, string>>, form?: string): Written
  /** The check digits of a code from its other characters, in order, or from its parts. */
  checkDigit(scheme: string, body: string | Readonly<Record<string, string>>): Written
  /** A code in another form. Of a text, the best reading that has this form. */
  convert(code: string | Reading, form: string): Written
}

export type Verdict = { ok: true; warnings?: FailedReading[]; unverified?: true } | FailedReading

/** A code as written; `check`: its check digits, where they were asked for. */
export type Written = { ok: true; scheme: string; text: string; check?: string } | FailedReading

export function verbsOf(compiled: Compiled, identify: (text: string) => Reading[]): Verbs {
  const { all, byId } = compiled

  function unknown(id: string): FailedReading {
    const ids = [...all.keys()].join(', ')
    const title = {
      zh: `“${id.slice(0, 40)}”不是已登记的编码（已有：${ids}）`,
      en: `"${id.slice(0, 40)}" (known: ${ids})`,
    }
    return failedText(id.slice(0, 40), title, { reason: 'scheme', at: 0 })
  }

  function parse(id: string, text: string): Reading {
    const scheme = all.get(id)
    if (!scheme) return unknown(id)
    if (text.length > LONGEST) return tooLong(id)
    const readings = byId.has(id) || /[:/\]]/.test(text) ? identify(text) : []
    const fit = readings.find(reading => reading.scheme === id && reading.ok)
    if (fit) return fit
    if (!byId.has(id)) {
      const named = readings.find(reading => reading.scheme === id)
      return named ?? readPlain(scheme, text, afterWord(scheme.words, text, skipBlanks(text)))
    }
    return readings.find(reading => reading.scheme === id) ?? parseKey(scheme, text)
  }

  /** A GS1 key that is not read without its application identifier. */
  function parseKey(scheme: Scheme, text: string): Reading {
    const field = cleaned(scheme.normaliser, text, afterWord(scheme.words, text, skipBlanks(text)))
    const primary = byId.get(scheme.id)!
    return readingOf({ primary, value: field, qualifiers: new Map(), others: {}, forms: {}, strict: true })
  }

  function written(scheme: Scheme, drafted: Drafted, form: string): Written {
    const reading = readDraft(scheme, drafted)
    if (!reading.ok) return reading
    const text = formOf(reading, form)
    return text === undefined ? noForm(scheme, form) : { ok: true, scheme: scheme.id, text }
  }

  function readDraft(scheme: Scheme, { value, layout, qualifiers }: Drafted): Reading {
    const primary = byId.get(scheme.id)
    if (!primary) {
      const reading = readPlain(scheme, value, 0)
      return reading.ok && !reading.warnings && layout
        ? fittingPlain(scheme, layout, clean(scheme.normaliser, value))
        : reading
    }
    const place = (index: number) => index
    const fields = new Map([...qualifiers].map(([ai, text]) => [ai, { value: text, place }]))
    return readingOf({ primary, value: { value, place }, qualifiers: fields, others: {}, forms: {}, strict: true })
  }

  return {
    parse,
    validate(id, text) {
      const reading = parse(id, text)
      if (!reading.ok) return reading
      const { warnings, unverified } = reading
      return { ok: true, ...(warnings && { warnings }), ...(unverified && { unverified }) }
    },
    format(id, parts, form = 'text') {
      const scheme = all.get(id)
      if (!scheme) return unknown(id)
      const drafted = draft(scheme, parts, byId.get(id) ?? null)
      return 'reason' in drafted ? failedReading(scheme.file, drafted) : written(scheme, drafted, form)
    },
    checkDigit(id, body) {
      const scheme = all.get(id)
      if (!scheme) return unknown(id)
      if (typeof body === 'string' && body.length > LONGEST) return tooLong(id)
      const done = computeDigits(scheme, body, byId.get(id) ?? null)
      if ('reason' in done) return failedReading(scheme.file, done)
      const code = written(scheme, done.drafted, 'text')
      return code.ok ? { ...code, check: done.check } : code
    },
    convert(code, form) {
      const readings = typeof code === 'string' ? identify(code) : [code]
      for (const reading of readings) {
        if (!reading.ok) continue
        const text = formOf(reading, form)
        if (text !== undefined) return { ok: true, scheme: reading.scheme, text }
      }
      const best = readings[0]
      if (best && !best.ok) return best
      const scheme = best && all.get(best.scheme)
      if (scheme) return noForm(scheme, form)
      const title = { zh: '输入', en: 'Input' }
      return failedText(best?.scheme ?? '', title, { reason: 'format', at: 0 })
    },
  }

  /** `text` of a GS1 key is its element string, or the bare key where it is read so. */
  function formOf(reading: Extract<Reading, { ok: true }>, form: string): string | undefined {
    if (form === 'uri') return reading.canonical
    const known = Object.hasOwn(reading.forms, form) ? reading.forms[form] : undefined
    if (known !== undefined || form !== 'text') return known
    const primary = byId.get(reading.scheme)
    if (!primary) return undefined
    const whole = reading.parts[primary.file.id] ?? ''
    const alone = primary.qualifiers.every(q => reading.parts[q.name] === undefined)
    const isBare =
      alone &&
      (primary.tail === null || whole.length === primary.digits) &&
      primary.file.forms.bare?.lengths?.includes(whole.length)
    return isBare ? whole : (reading.forms.element ?? reading.forms.digitalLink)
  }

  function noForm(scheme: Scheme, form: string): FailedReading {
    const { title } = scheme.file
    const words = { zh: `${title.zh}（形式 ${form}）`, en: `${title.en} (form ${form})` }
    return failedText(scheme.id, words, { reason: 'component', at: 0 })
  }
}

function skipBlanks(text: string): number {
  let from = 0
  while (from < text.length && text.charCodeAt(from) <= 32) from++
  return from
}
