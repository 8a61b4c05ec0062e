import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type AreaNames,
  areaName,
  type Codes,
  compileSchemes,
  parseSchemeFile,
  type Reading,
  type SchemeFile,
} from '@yuanliu/core'
import { schemes } from '@yuanliu/core/schemes'
import { print, printJson, type Shell, say } from './shell.ts'

/**
 * Explains a code: what it may be, its parts, check digit and forms, and what must be shown to who scans it.
 * @returns 0 where a reading fits, else 1
 */
export function explainCode(shell: Shell, text: string, { json = false }: { json?: boolean } = {}): number {
  const codes = withLocal(compileSchemes(schemes), shell.env.SCHEMES_DIR)
  const readings = codes.identify(text)
  const fits = readings.some(reading => reading.ok)
  if (json) {
    printJson(shell.stdout, { text, readings })
    return fits ? 0 : 1
  }
  if (readings.length === 0) {
    print(shell.stdout, say(shell, 'codeUnknown', { ids: [...codes.schemes.keys()].join(', ') }))
    return 1
  }
  readings.forEach((reading, i) => {
    if (i > 0) print(shell.stdout, '')
    print(shell.stdout, ...linesOf(shell, codes, reading))
  })
  return fits ? 0 : 1
}

/** @throws SchemeError naming the file that is wrong */
function withLocal(codes: Codes, folder: string | undefined): Codes {
  if (!folder) return codes
  const names = readdirSync(folder).filter(name => name.endsWith('.json'))
  return codes.add(
    names.sort().map(name => parseSchemeFile(JSON.parse(readFileSync(join(folder, name), 'utf8')), join(folder, name))),
  )
}

function linesOf(shell: Shell, codes: Codes, reading: Reading): string[] {
  const { language } = shell
  const file = codes.schemes.get(reading.scheme)
  if (!reading.ok) return [`✗ ${reading.message[language]} [${reading.scheme}, ${reading.reason}, ${reading.at}]`]
  if (!file) return [`· ${say(shell, 'codeUri')}  ${reading.canonical}`]
  const lines = [
    `✓ ${file.title[language]} [${file.id}]${reading.unverified ? ` ${say(shell, 'codeUnverified')}` : ''}`,
  ]
  const row = (label: string, text: string) =>
    lines.push(`    ${label}  ${text.replaceAll('\n', `\n${' '.repeat(4)}`)}`)
  const head = (words: string) => lines.push(`  ${words}`)
  head(say(shell, 'codeAbout', { standard: file.standard.join('; '), authority: file.authority, level: reading.level }))
  head(say(shell, 'codeParts'))
  for (const part of [...file.parts, ...file.qualifiers]) {
    const text = reading.parts[part.name]
    if (text) row(part.title[language], text + (part.name === 'area' ? areaOf(text) : meaningOf(part, text, language)))
  }
  const digits = digitsOf(file)
  if (digits.length > 0) {
    head(say(shell, 'codeCheck', { checks: digits.map(d => `${reading.parts[d.part]} (${d.check})`).join(', ') }))
  }
  head(say(shell, 'codeForms'))
  row('key', reading.key)
  for (const [name, text] of Object.entries(reading.forms)) row(name, text)
  for (const warning of reading.warnings ?? []) head(`! ${warning.message[language]}`)
  if (file.shows) head(say(shell, 'codeShows'))
  for (const note of file.shows ?? []) row(note[language], `(${note.source})`)
  for (const note of file.notes ?? []) head(`* ${note[language]} (${note.source})`)
  return lines
}

/** The name of an area, which is in Chinese alone. */
function areaOf(code: string): string {
  const file = fileURLToPath(new URL('../../../data/vocab/areas.json', import.meta.url))
  const { names } = JSON.parse(readFileSync(file, 'utf8')) as { names: AreaNames }
  const name = areaName(names, code)
  return name === null ? '' : ` = ${name}`
}

/** What a value of a list means. */
function meaningOf(part: object, text: string, language: 'zh' | 'en'): string {
  const { values } = part as Pick<SchemeFile['parts'][number], 'values'>
  const meaning = values && Object.hasOwn(values, text) ? values[text] : undefined
  return meaning ? ` = ${meaning[language]}` : ''
}

function digitsOf(file: SchemeFile): { part: string; check: string }[] {
  return file.checks.filter(use => use.over !== undefined && use.over[0] !== use.part)
}
