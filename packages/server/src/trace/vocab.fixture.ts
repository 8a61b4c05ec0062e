import { readFileSync } from 'node:fs'
import type { UnitLevel } from '@yuanliu/core'
import type { TraceCodes } from './known.ts'
import { parseProfile, type TraceProfile } from './profile.ts'

const folder = new URL('../../../../data/vocab/', import.meta.url)
const parsed = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

/** The profile of the files that the product ships. */
export function vocabProfile(): TraceProfile {
  return parseProfile({ steps: parsed('steps.json'), uom: parsed('uom.json'), trace: parsed('trace.json') })
}

const LEVELS: readonly [RegExp, UnitLevel][] = [
  [/^01\/\d+$/, 'class'],
  [/^01\/\d+\/10\//, 'lot'],
  [/^01\/\d+\/21\//, 'item'],
  [/^00\//, 'logistic'],
  [/^800[34]\//, 'asset'],
]

/** Levels of unit keys without the schemes, whose own tests are elsewhere. */
export const testCodes: TraceCodes = {
  levelOf: key => LEVELS.find(([form]) => form.test(key))?.[1] ?? 'other',
  codeOf: key => `https://id.gs1.org/${key}`,
  classKey: key => /^(01\/\d+)\/(10|21)\//.exec(key)?.[1] ?? null,
}
