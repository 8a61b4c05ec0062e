import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Codes, compileSchemes, parseSchemeFile, type SchemeFile } from '@yuanliu/core'

/**
 * The schemes of `data/schemes` and of a region's own folder, compiled.
 * @param further folder of further scheme files (SCHEMES_DIR), null: none
 * @throws an error that names the file and the place in it when one is wrong
 */
export function readSchemes(dataFolder: string, further: string | null = null): Codes {
  const codes = compileSchemes(schemesIn(join(dataFolder, 'schemes')))
  return further === null ? codes : codes.add(schemesIn(further))
}

function schemesIn(folder: string): SchemeFile[] {
  let names: string[]
  try {
    names = readdirSync(folder).filter(name => name.endsWith('.json'))
  } catch (error) {
    throw new Error(`${folder}: scheme files cannot be read 无法读取编码规则: ${(error as Error).message}`)
  }
  return names.sort().map(name => parseSchemeFile(readJsonFile(join(folder, name)), join(folder, name)))
}

/** One JSON file of `data/`. Throws an error that names the file. */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
}
