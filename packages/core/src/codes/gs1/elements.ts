import { aiOf } from './ai-table.ts'
import { associationFaults } from './associations.ts'
import { FNC1, type Gs1Element, type Gs1Fault, gs1Fault, LONGEST, tooLong } from './element.ts'
import { bareElements, bracketedElements } from './element-string.ts'
import type { PrefixSource } from './lint/lint.ts'
import { readScan } from './scan.ts'
import { valueFault } from './value.ts'

/** Element strings read and written (General Specifications §3, §7.8). */

export interface Gs1Elements {
  ok: true
  /** in their order, each identifier once */
  elements: Gs1Element[]
  /** rules between elements that are broken here; other bar codes on the same thing may mend that */
  warnings: Gs1Fault[]
}

export interface ElementOptions {
  /** rules between elements refuse instead of warning */
  strict?: boolean
  /** only text that says it is an element string: brackets, FNC1, a symbology identifier */
  marked?: boolean
  /** asked for company prefixes */
  prefixes?: PrefixSource
}

/**
 * Reads an element string: in brackets `(01)…(10)…`, bare with FNC1 (as U+001D, or as `^` where the text begins so),
 * or as scanned with a symbology identifier, EAN, UPC and ITF-14 numbers included.
 */
export function parseElementString(text: string, options: ElementOptions = {}): Gs1Elements | Gs1Fault {
  if (text.length > LONGEST) return tooLong()
  const elements = takeApart(text, options.marked === true)
  return 'ok' in elements ? elements : judged(elements, options)
}

function takeApart(text: string, marked: boolean): Gs1Element[] | Gs1Fault {
  if (text.startsWith(']')) {
    const scan = readScan(text)
    if ('ok' in scan) return scan
    if (scan.kind === 'text') return gs1Fault('format', 3)
    const elements = cut(scan.text, bareElements(scan.text, scan.from))
    // a number that was written out as (01) has its place behind the symbology identifier
    return scan.from === 0 && !('ok' in elements) ? elements.map(e => ({ ...e, at: Math.max(3, e.at) })) : elements
  }
  if (text.startsWith('(')) {
    const elements = bracketedElements(text, 0)
    return typeof elements === 'number'
      ? gs1Fault('format', elements, {
          zh: '应为应用标识符，如 (01)',
          en: 'an application identifier such as (01) is expected',
        })
      : elements
  }
  const separator = text[0] === '^' ? '^' : FNC1
  if (text[0] === separator) return cut(text, bareElements(text, 1, separator))
  if (marked || text === '') {
    return gs1Fault('format', 0, {
      zh: '应以 (、FNC1 或条码类型标识符开头',
      en: 'a bracket, FNC1 or a symbology identifier is expected first',
    })
  }
  return cut(text, bareElements(text, 0))
}

function cut(text: string, elements: Gs1Element[] | number): Gs1Element[] | Gs1Fault {
  if (typeof elements !== 'number') return elements.length > 0 ? elements : gs1Fault('length', text.length)
  return gs1Fault('component', elements, {
    zh: '此处不是应用标识符，或前一项长度不对',
    en: 'no application identifier here, or the one before has a wrong length',
  })
}

/** Values judged one by one, then the rules between them. */
export function judged(elements: Gs1Element[], { strict, prefixes }: ElementOptions): Gs1Elements | Gs1Fault {
  for (const { ai, value, at } of elements) {
    const entry = aiOf(ai)
    if (!entry) return gs1Fault('component', at, { ai, zh: '没有这个应用标识符', en: 'no such application identifier' })
    const fault = valueFault(entry, value, prefixes)
    if (fault) return gs1Fault(fault.reason, at + fault.at, { ai })
  }
  const values = new Map<string, string>()
  let twice = false
  for (const { ai, value, at } of elements) {
    const known = values.get(ai)
    if (known !== undefined && known !== value) {
      return gs1Fault('component', at, { ai, zh: '出现两次而值不同', en: 'is there twice with different values' })
    }
    twice ||= known !== undefined
    values.set(ai, value)
  }
  const once = twice ? elements.filter(({ ai }) => values.delete(ai)) : elements
  const warnings = associationFaults(once)
  return strict && warnings.length > 0 ? warnings[0]! : { ok: true, elements: once, warnings }
}

export interface ElementForm {
  /** identifiers in brackets (default), or bare with FNC1 before the first and after what has no predefined length */
  form?: 'bracketed' | 'fnc1'
  /** those of predefined length first (default; shortest symbol), or as they are given */
  order?: 'fixed-first' | 'given'
  /** what stands for FNC1; U+001D unless told */
  separator?: string
}

/** Writes elements. A fault names the element; its place counts within the value. */
export function writeElementString(
  elements: readonly Pick<Gs1Element, 'ai' | 'value'>[],
  { form = 'bracketed', order = 'fixed-first', separator = FNC1 }: ElementForm = {},
): { ok: true; text: string } | Gs1Fault {
  const checked = judged(
    elements.map(({ ai, value }) => ({ ai, value, at: 0 })),
    {},
  )
  if (!checked.ok) return checked
  const given = checked.elements
  const fixed = ({ ai }: { ai: string }) => aiOf(ai)!.fixed
  const list = order === 'given' ? given : [...given.filter(fixed), ...given.filter(element => !fixed(element))]
  if (form === 'bracketed') {
    return { ok: true, text: list.map(({ ai, value }) => `(${ai})${value.replaceAll('(', '\\(')}`).join('') }
  }
  const text = list.map((element, i) => {
    const last = i === list.length - 1
    return element.ai + element.value + (last || fixed(element) ? '' : separator)
  })
  return { ok: true, text: separator + text.join('') }
}
