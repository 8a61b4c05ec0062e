/**
 * The closed list of checks that scheme files name. A `digit` check computes the check character of a body; a `value`
 * check answers the index of the first fault in a value, −1 for none. A new algorithm is one entry here.
 */
export type Check = { kind: 'digit'; compute(body: string): string } | { kind: 'value'; fault(value: string): number }

export const CHECKS = {
  /** GS1 General Specifications §7.9.1: weights 3, 1 from the right, complement to ten. Finds every single error. */
  'gs1-mod10': { kind: 'digit', compute: body => String(mod10(body, 0, body.length)) },
  /** Keys that are not all digits begin with the digits of a company prefix all the same (General Specifications §1). */
  'company-prefix': { kind: 'value', fault: companyPrefixFault },
  /** AI 8006: piece number and total of pieces, neither zero, the piece within the total */
  'piece-of-total': { kind: 'value', fault: pieceFault },
  /** AI 8011: the serial of a component or part has no leading zero */
  'no-leading-zero': { kind: 'value', fault: value => (value.length > 0 && value.startsWith('0') ? 0 : -1) },
} as const satisfies Record<string, Check>

export type CheckName = keyof typeof CHECKS
export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[]

/** GS1 check digit of the digits text[from…until). */
export function mod10(text: string, from: number, until: number): number {
  let sum = 0
  for (let i = until - 1, weight = 3; i >= from; i--, weight ^= 2) sum += (text.charCodeAt(i) - 48) * weight
  return (10 - (sum % 10)) % 10
}

/** No company prefix is shorter than four digits. */
export const SHORTEST_PREFIX = 4
function companyPrefixFault(value: string): number {
  for (let i = 0; i < SHORTEST_PREFIX; i++) {
    const c = value.charCodeAt(i)
    if (!(c >= 48 && c <= 57)) return Math.min(i, value.length)
  }
  return -1
}

function pieceFault(value: string): number {
  const piece = Number(value.slice(0, 2))
  const total = Number(value.slice(2, 4))
  if (piece === 0) return 0
  if (total === 0) return 2
  return piece > total ? 0 : -1
}
