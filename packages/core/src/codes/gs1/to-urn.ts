import { allDigits } from '../charset.ts'
import { mod10 } from '../checks.ts'
import type { Compiled } from '../compiled.ts'
import type { UrnForm } from './epc-urn.ts'
import type { Code } from './primary.ts'

/**
 * The EPC URN of a code, null where there is none (GS1 EPC Tag Data Standard §7). Of several layouts the one is taken
 * that says exactly what the code says; a lot beside a serial has no place in a URN and is left out, as in the unit key.
 */
export function urnOfCode(
  compiled: Compiled,
  code: Code,
  prefixLength: (digits: string) => number | null,
): string | null {
  for (const form of compiled.urns.values()) {
    if (form.primary === code.primary && says(form, code)) return write(form, code, prefixLength)
  }
  return null
}

/** Whether a layout has a field for everything in the code that counts, and nothing more. */
function says(form: UrnForm, { primary, value, qualifiers }: Code): boolean {
  const tail = value.length > primary.digits
  if (primary.digits > 0 && tail !== form.fields.some(f => typeof f === 'object' && f !== null && f === primary.tail)) {
    return false
  }
  const serial = qualifiers.some((s, i) => s !== undefined && primary.qualifiers[i]!.level === 'item')
  return primary.qualifiers.every((q, i) => {
    const wanted = form.fields.includes(i)
    const given = qualifiers[i] !== undefined && q.inKey && !(serial && q.level === 'lot')
    return wanted === given || (wanted && q.none !== undefined)
  })
}

function write(form: UrnForm, code: Code, prefixLength: (digits: string) => number | null): string | null {
  const { primary, value, qualifiers } = code
  const { body } = form
  const start = primary.lead.length
  const free = primary.digits === 0
  let digits = free ? value : value.slice(start, start + body.max)
  const checkAt = start + body.max
  if (form.check && value[checkAt] !== String(mod10(digits, 0, digits.length))) return null
  let indicator = ''
  if (form.indicator) {
    indicator = digits[0]!
    digits = digits.slice(1)
  }
  const length = prefixLength(digits)
  if (length === null || length < 6 || length > 12 || length > digits.length) return null
  if (!allDigits(digits, 0, length)) return null

  let urn = `${form.prefix}${digits.slice(0, length)}.${indicator}${digits.slice(length)}`
  let at = checkAt + (form.check ? 1 : 0)
  for (const field of form.fields) {
    if (field === null) urn += '.*'
    else if (typeof field === 'number') urn += `.${qualifiers[field] ?? primary.qualifiers[field]!.none}`
    else {
      const end = field.min === field.max ? at + field.max : value.length
      urn += `.${value.slice(at, end)}`
      at = end
    }
  }
  return urn
}
