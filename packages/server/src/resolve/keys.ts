import { type Codes, Problem, type Reading } from '@yuanliu/core'
import { LIMITS } from '../lib/http/limits.ts'

export interface CodeMeaning {
  /** unit keys that the text may stand for, best first */
  keys: string[]
  /** readings that nearly fit, with what is wrong, where none fits */
  faults: Extract<Reading, { ok: false }>[]
}

const URI = /^[a-z][a-z0-9+.-]*:[^\s]+$/i

/**
 * What a person may have meant by a text: every notation of every scheme, and any URI as itself.
 * Longer texts than LIMITS.codeLength mean nothing.
 */
export function meaningsOf(codes: Codes, text: string): CodeMeaning {
  const trimmed = text.trim()
  if (!trimmed || trimmed.length > LIMITS.codeLength) return { keys: [], faults: [] }
  const readings = codes.read(trimmed)
  const keys = readings.flatMap(r => (r.ok ? [r.key] : []))
  // An event may have named the same text as a plain URI, whatever else it looks like.
  if (!keys.length && URI.test(trimmed)) keys.push(codes.unitKey(trimmed))
  return { keys: [...new Set(keys)], faults: keys.length ? [] : readings.filter(r => !r.ok) }
}

/** The same for machines: throws 400 with the place of the fault where the text means nothing. */
export function keysOf(codes: Codes, text: string, pointer: string): string[] {
  const { keys, faults } = meaningsOf(codes, text)
  if (keys.length) return keys
  throw new Problem('malformed-code', {
    detail: faults.length
      ? words(faults[0] as (typeof faults)[number])
      : `not a code of any known scheme 不是已知编码: ${text.slice(0, 80)}`,
    errors: faults.map(f => ({ pointer, message: `${f.scheme}: ${words(f)}` })),
  })
}

function words(fault: Extract<Reading, { ok: false }>): string {
  return `${fault.message.zh} ${fault.message.en} (${fault.reason}, ${fault.at})`
}
