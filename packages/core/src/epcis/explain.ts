import { type Fault, kindOf, type Leniency, missing, pointTo, tooFew, type Words, wrongKind } from './fault.ts'
import type { Rule } from './schema/rule.ts'

/**
 * Says in words where a value does not fit one of our schemas (schema/*.ts). It knows the keywords that those use:
 * type, required, properties, items, minItems, anyOf and rules; a test holds that it finds a fault exactly where the
 * compiled check does. Only called after that check has failed, so it need not be fast.
 */

interface Schema {
  type?: string
  required?: readonly string[]
  properties?: Record<string, Schema>
  items?: Schema
  minItems?: number
  anyOf?: readonly Schema[]
  '~refine'?: readonly { check: Rule | ((value: unknown) => boolean) }[]
}

interface Walk {
  faults: Fault[]
  limit: number
  /** how many there are that lenient capture takes, by what it takes them for; and of the others */
  overlooked: Map<Leniency, number>
  real: number
}

/**
 * Faults of `value` against `schema`; empty: it fits. At most `limit`, and besides as many of each kind that lenient
 * capture takes: those must not hide the others.
 */
export function explain(schema: object, value: unknown, limit: number): Fault[] {
  const walk: Walk = { faults: [], limit, overlooked: new Map(), real: 0 }
  visit(schema as Schema, value, '', walk)
  return walk.faults
}

function report(walk: Walk, pointer: string, message: Words, leniency?: Leniency): void {
  if (leniency) {
    if (isEnough(walk, leniency)) return
    walk.overlooked.set(leniency, (walk.overlooked.get(leniency) ?? 0) + 1)
    walk.faults.push({ pointer, message, leniency })
  } else if (walk.real++ < walk.limit) walk.faults.push({ pointer, message })
}

function isEnough(walk: Walk, leniency: Leniency): boolean {
  return (walk.overlooked.get(leniency) ?? 0) >= walk.limit
}

function visit(schema: Schema, value: unknown, pointer: string, walk: Walk): void {
  if (walk.real >= walk.limit) return
  if (schema.anyOf) visitUnion(schema.anyOf, value, pointer, walk)
  else if (schema.type !== undefined && !isKind(schema.type, value))
    report(walk, pointer, wrongKind([schema.type], value))
  else visitMembersAndRules(schema, value, pointer, walk)
}

function visitMembersAndRules(schema: Schema, value: unknown, pointer: string, walk: Walk): void {
  const before = walk.faults.length
  if (schema.type === 'object') visitObject(schema, value as Record<string, unknown>, pointer, walk)
  if (schema.type === 'array') visitArray(schema, value as unknown[], pointer, walk)
  for (const { check } of schema['~refine'] ?? []) {
    if (!('explain' in check) || (check.leniency && isEnough(walk, check.leniency))) continue
    if ((walk.faults.length > before && !check.always) || check(value)) continue
    for (const fault of check.explain(value)) report(walk, pointer + fault.pointer, fault.message, fault.leniency)
  }
}

function isKind(kind: string, value: unknown): boolean {
  return kindOf(value) === kind && (kind !== 'number' || Number.isFinite(value))
}

/** A sensor report, which need not say in XML what it reports. */
const REPORT = /\/sensorReport\/\d+$/

function visitObject(schema: Schema, value: Record<string, unknown>, pointer: string, walk: Walk): void {
  for (const field of schema.required ?? [])
    if (!Object.hasOwn(value, field)) {
      const isSensor = field === 'type' && REPORT.test(pointer)
      report(walk, pointTo(pointer, field), missing(field), isSensor ? 'sensor-without-type' : undefined)
    }
  for (const [field, member] of Object.entries(schema.properties ?? {}))
    if (Object.hasOwn(value, field)) visit(member, value[field], pointTo(pointer, field), walk)
}

function visitArray(schema: Schema, value: unknown[], pointer: string, walk: Walk): void {
  if (value.length < (schema.minItems ?? 0)) report(walk, pointer, tooFew(schema.minItems ?? 0))
  if (!schema.items) return
  for (let index = 0; index < value.length && walk.real < walk.limit; index++)
    visit(schema.items, value[index], pointTo(pointer, index), walk)
}

/** Our unions differ by the JSON kind of the value, so the branch meant is known before anything is reported. */
function visitUnion(branches: readonly Schema[], value: unknown, pointer: string, walk: Walk): void {
  const meant = branches.find(branch => branch.type !== undefined && isKind(branch.type, value))
  const kinds = branches.map(branch => branch.type).filter(kind => kind !== undefined)
  if (meant) visit(meant, value, pointer, walk)
  else report(walk, pointer, wrongKind(kinds, value))
}
