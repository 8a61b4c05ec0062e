import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Codes, compileSchemes, parseSchemeFile } from '@yuanliu/core'

/** The schemes of `data/schemes`, compiled. Throws an error that names the file when one is wrong. */
export function readSchemes(dataFolder: string): Codes {
  const folder = join(dataFolder, 'schemes')
  const files = readdirSync(folder).filter(f => f.endsWith('.json'))
  return compileSchemes(files.sort().map(f => parseSchemeFile(readJsonFile(join(folder, f)), join(folder, f))))
}

/** One JSON file of `data/`. Throws an error that names the file. */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
}
