import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Codes,
  type IssuingFile,
  Problem,
  parseIssuingFile,
  type SerialAlphabet,
  type SerialStyle,
  serialCapacity,
} from '@yuanliu/core'
import { readJsonFile } from '../lib/data.ts'

/** Formats of codes that this platform issues, by scheme. */
export type Formats = ReadonlyMap<string, IssuingFile>

/** Reads `data/issuing`. Throws an error that names the file and the place in it that is wrong. */
export function readFormats(dataFolder: string): Formats {
  const folder = join(dataFolder, 'issuing')
  const files = readdirSync(folder).filter(name => name.endsWith('.json'))
  const formats = files.map(name => parseIssuingFile(readJsonFile(join(folder, name)), join(folder, name)))
  const byScheme = new Map(formats.map(format => [format.scheme, format]))
  if (byScheme.size !== formats.length) throw new Error(`${folder}: two files describe the same scheme`)
  return byScheme
}

export interface Wanted {
  scheme: string
  of?: string
  style?: SerialStyle
  length?: number
  check?: boolean
}

/** What a request asks for, with everything decided that it left open. */
export interface Form {
  format: IssuingFile
  /** key of the unit, or text, that the caller named; empty where the scheme wants none */
  subject: string
  style: SerialStyle
  alphabet: SerialAlphabet
  checked: boolean
  /** numbers for each code, at least; 1 where they follow one another */
  sparsity: number
  /** symbols of a serial below a head of this length, without the check character */
  serialLength(head: string): number
}

/** Throws 400 with the place that is wrong and what may stand there. */
export function formOf(formats: Formats, codes: Pick<Codes, 'identify'>, wanted: Wanted): Form {
  const format = formats.get(wanted.scheme)
  if (!format) throw wrong('/scheme', `one of ${[...formats.keys()].sort().join(', ')} is expected 应为其中之一`)
  const names = Object.keys(format.styles) as SerialStyle[]
  const style = wanted.style ?? names[0]!
  const rules = format.styles[style]
  if (!rules) throw wrong('/style', `${format.scheme} is issued as ${names.join(', ')} 只能用这些方式`)
  const { bodyLength } = format
  if (wanted.length !== undefined && !rules.lengths.includes(wanted.length)) {
    const lengths = rules.lengths.length
      ? `${[...rules.lengths].sort((a, b) => a - b).join(', ')} 可选`
      : 'fixed 不可指定'
    throw wrong('/length', `the length of a ${style} serial of ${format.scheme}: ${lengths}`)
  }
  if (wanted.check === false && format.check.use === 'always')
    throw wrong('/check', `codes of ${format.scheme} always have a check character 必有校验位`)
  return {
    format,
    subject: subjectOf(format, codes, wanted.of),
    style,
    alphabet: rules.alphabet,
    // a guessed serial is found out sooner, and a misspelt one at once
    checked: format.check.use === 'always' || (wanted.check ?? style === 'random'),
    sparsity: style === 'random' ? (rules.sparsity ?? 1) : 1,
    serialLength: head => (bodyLength === undefined ? (wanted.length ?? rules.lengths[0]!) : bodyLength - head.length),
  }
}

function subjectOf({ of, scheme }: IssuingFile, codes: Pick<Codes, 'identify'>, text: string | undefined): string {
  if (of === null) {
    if (text === undefined) return ''
    throw wrong('/of', `${scheme} is issued by the platform itself; leave this out 不需要填写`)
  }
  const expected = `${of.title.en} is expected 应为${of.title.zh}`
  if (text === undefined) throw wrong('/of', expected)
  const pattern = new RegExp(of.pattern, 'u')
  if (of.kind === 'text') {
    if (!pattern.test(text)) throw wrong('/of', expected)
    return text
  }
  const readings = codes.identify(text)
  const unit = readings.find(reading => reading.ok && pattern.test(reading.key))
  if (unit?.ok) return unit.key
  const [first] = readings
  throw wrong('/of', first && !first.ok ? `${first.message.zh} ${first.message.en}` : expected)
}

function wrong(pointer: string, message: string): Problem {
  return new Problem('invalid-input', { errors: [{ pointer, message }] })
}

/** How many numbers there are below a head. */
export function capacityOf(form: Form, head: string): number {
  return serialCapacity(form.alphabet, form.serialLength(head))
}

/** A template with `{of}` and `{issuer}` filled in. */
export function filled(template: string, of: string, issuer: string): string {
  return template.replace('{of}', of).replace('{issuer}', issuer)
}
