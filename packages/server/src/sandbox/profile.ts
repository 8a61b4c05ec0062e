import { join } from 'node:path'
import { readJsonFile } from '../lib/data.ts'
import { list, record, text } from '../lib/shape.ts'

interface Case {
  id: string
  title: { zh: string; en: string }
}

/** A case of the profile of admission; what each kind means stands in the file's note. */
export type ProfileCase = Case &
  (
    | { check: 'captured'; atLeast: number }
    | { check: 'receipts' | 'codes' }
    | {
        check: 'fields'
        /** business steps of the CBV, or URIs; null: every event */
        steps: ReadonlySet<string> | null
        /** members that an event must have; of those of one list, any */
        required: readonly (readonly string[])[]
      }
  )

export interface AdmissionProfile {
  /** id and version */
  name: string
  cases: readonly ProfileCase[]
}

/**
 * Reads data/admission/profile.json.
 * @throws an error that names the place of what does not fit
 */
export function readAdmissionProfile(dataFolder: string): AdmissionProfile {
  const path = join(dataFolder, 'admission', 'profile.json')
  const file = record(readJsonFile(path), path)
  const cases = list(file.cases, `${path}#/cases`).map((item, i) => caseOf(item, `${path}#/cases/${i}`))
  const twice = cases.find((c, i) => cases.findIndex(o => o.id === c.id) !== i)
  if (twice) throw new Error(`${path}: ${twice.id} stands twice`)
  return { name: `${text(file.id, `${path}#/id`)} ${text(file.version, `${path}#/version`)}`, cases }
}

function caseOf(value: unknown, at: string): ProfileCase {
  const item = record(value, at)
  const title = record(item.title, `${at}/title`)
  const base: Case = {
    id: text(item.id, `${at}/id`),
    title: { zh: text(title.zh, `${at}/title/zh`), en: text(title.en, `${at}/title/en`) },
  }
  switch (item.check) {
    case 'captured': {
      const { atLeast } = item
      if (!Number.isSafeInteger(atLeast) || (atLeast as number) < 1) throw new Error(`${at}/atLeast: not a count`)
      return { ...base, check: 'captured', atLeast: atLeast as number }
    }
    case 'receipts':
    case 'codes':
      return { ...base, check: item.check }
    case 'fields': {
      const texts = (of: unknown, where: string) => list(of, where).map((one, i) => text(one, `${where}/${i}`))
      const steps = item.steps === undefined ? null : new Set(texts(item.steps, `${at}/steps`))
      const required = texts(item.required, `${at}/required`).map(names => names.split('|'))
      return { ...base, check: 'fields', steps, required }
    }
    default:
      throw new Error(`${at}/check: ${String(item.check)} is not one of captured, receipts, codes, fields`)
  }
}
