import { readdirSync, readFileSync } from 'node:fs'
import { type Codes, compileSchemes } from './codes.ts'
import { parseSchemeFile, type SchemeFile } from './scheme-file.ts'

/** The scheme files of the project, for tests. */
export function schemeFiles(): SchemeFile[] {
  const folder = new URL('../../../../data/schemes/', import.meta.url)
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => parseSchemeFile(JSON.parse(readFileSync(new URL(name, folder), 'utf8')), `data/schemes/${name}`))
}

/** The project's schemes, compiled, for tests. */
export function testCodes(): Codes {
  return compileSchemes(schemeFiles())
}
