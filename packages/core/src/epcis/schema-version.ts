import { type Fault, quote } from './fault.ts'

/** Versions of EPCIS and of the CBV that are published; a last figure is an errata release, with the same schema. */
const PUBLISHED: Record<1 | 2, RegExp> = { 1: /^1(\.[0-2](\.\d{1,3})?)?$/, 2: /^2(\.0(\.\d{1,3})?)?$/ }

/** Whether EPCIS (or the CBV) was published in this version: `1.2`, `2.0`, `2.0.1` … @param form JSON has but 2.0 */
export function isPublishedVersion(version: string, form?: 1 | 2): boolean {
  return (form === undefined ? ([1, 2] as const) : [form]).some(f => PUBLISHED[f].test(version))
}

/**
 * What is wrong with the `schemaVersion` of a document; empty where it is missing or no version at all, which its schema
 * says. @param form that of its events: 1 for XML of EPCIS 1.0 to 1.2, else 2
 */
export function checkSchemaVersion(head: unknown, form: 1 | 2): Fault[] {
  const version = (head as { schemaVersion?: unknown } | null)?.schemaVersion
  if (typeof version !== 'string' || isPublishedVersion(version, form)) return []
  const known = form === 1 ? '1.0 – 1.2' : '2.0'
  return [
    {
      pointer: '/schemaVersion',
      message: {
        zh: `${quote(version)} 不是此格式的版本；应为 ${known}`,
        en: `${quote(version)} is no version of this form; ${known} is`,
      },
      leniency: 'schema-version',
    },
  ]
}
