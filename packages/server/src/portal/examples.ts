import { join } from 'node:path'
import { readJsonFile } from '../lib/data.ts'

/** A code of the demonstration city that is worth a look. */
export interface Example {
  title: { zh: string; en: string }
  /** path of its page */
  code: string
  shows: { zh: string; en: string }
}

/** The codes that the first page of a demonstration offers: data/demo/highlights.json, made by the demo command. */
export function readExamples(dataFolder: string): Example[] {
  return readJsonFile(join(dataFolder, 'demo', 'highlights.json')) as Example[]
}
