import { type AiPattern, aiOf, aiPattern } from './ai-table.ts'
import { type Gs1Element, type Gs1Fault, gs1Fault } from './element.ts'

/**
 * Rules between elements (General Specifications §4.14; data relationships). They speak of all the bar codes on one
 * thing together, so a single string that breaks one is not worthless: readers list them as warnings.
 */

type Pair = Pick<Gs1Element, 'ai' | 'value'>

const NONE: readonly never[] = []

/** The first identifier in the list that is a pattern's, other than `but`. */
export function findAi(elements: readonly Pair[], { text, stem }: AiPattern, but?: string): string | undefined {
  for (let i = 0; i < elements.length; i++) {
    const { ai } = elements[i]!
    if (ai !== but && ai.length === text.length && ai.startsWith(stem)) return ai
  }
  return undefined
}

/** The first element whose identifier stood before with another value. */
export function repeated<T extends Pair>(elements: readonly T[]): T | undefined {
  const values = new Map<string, string>()
  for (const element of elements) {
    const known = values.get(element.ai)
    if (known !== undefined && known !== element.value) return element
    values.set(element.ai, element.value)
  }
  return undefined
}

/** The first pair that excludes each other, the one with the rule first. */
export function excluded<T extends Pair>(elements: readonly T[]): [T, string] | undefined {
  for (const element of elements) {
    const patterns = aiOf(element.ai)?.excludes ?? NONE
    for (let i = 0; i < patterns.length; i++) {
      const other = findAi(elements, patterns[i]!, element.ai)
      if (other !== undefined) return [element, other]
    }
  }
  return undefined
}

/** The first element that lacks others it needs, and the groups of which one would do. */
export function lacking<T extends Pair>(elements: readonly T[]): [T, readonly (readonly AiPattern[])[]] | undefined {
  for (const element of elements) {
    for (const groups of aiOf(element.ai)?.requires ?? NONE) {
      if (!groups.some(group => isThere(elements, group, element.ai))) return [element, groups]
    }
  }
  return undefined
}

function isThere(elements: readonly Pair[], group: readonly AiPattern[], but: string): boolean {
  for (let i = 0; i < group.length; i++) if (findAi(elements, group[i]!, but) === undefined) return false
  return true
}

const SIGNATURE = aiPattern('8030')
/** Keys that name a class unless a serial follows within the value: lengths without one. */
const UNSERIALISED: Readonly<Record<string, number>> = { '253': 13, '255': 13, '8003': 14 }

/** A digital signature signs one thing: the key beside it that names a class only (AI 8030). */
export function unserialised<T extends Pair>(elements: readonly T[]): T | undefined {
  if (findAi(elements, SIGNATURE) === undefined) return undefined
  return elements.find(({ ai, value }) => value.length <= (UNSERIALISED[ai] ?? 0))
}

/** Lists of identifiers that break no rule: what is printed on things repeats itself. */
const clean = new Set<string>()
const MOST = 1000

/** Every kind of broken rule, the first of each. */
export function associationFaults(elements: readonly Gs1Element[]): Gs1Fault[] {
  let names = ''
  for (let i = 0; i < elements.length; i++) names += `${elements[i]!.ai} `
  if (clean.has(names)) return []
  const faults = brokenRules(elements)
  // a signature's rule is about a value
  if (faults.length === 0 && findAi(elements, SIGNATURE) === undefined) {
    if (clean.size >= MOST) clean.clear()
    clean.add(names)
  }
  return faults
}

function brokenRules(elements: readonly Gs1Element[]): Gs1Fault[] {
  const faults: Gs1Fault[] = []
  const pair = excluded(elements)
  if (pair) {
    const [{ ai, at }, other] = pair
    faults.push(
      gs1Fault('component', at, { ai, zh: `不能与 (${other}) 同时出现`, en: `cannot stand beside (${other})` }),
    )
  }
  const missing = lacking(elements)
  if (missing) {
    const [{ ai, at }, groups] = missing
    const brackets = groups.map(group => group.map(pattern => `(${pattern.text})`).join('+'))
    faults.push(
      gs1Fault('component', at, { ai, zh: `须同时有 ${brackets.join(' 或 ')}`, en: `needs ${brackets.join(' or ')}` }),
    )
  }
  const unsigned = unserialised(elements)
  if (unsigned) {
    const { ai, at, value } = unsigned
    faults.push(
      gs1Fault('component', at + value.length, {
        ai,
        zh: '带数字签名的代码须含序列号',
        en: 'a signed key has to carry a serial number',
      }),
    )
  }
  return faults
}
