import { join } from 'node:path'
import { type Bilingual, type PublicFieldsFile, parsePublicFields, parseTitles, type TitlesFile } from '@yuanliu/core'
import { readJsonFile } from '../lib/data.ts'

export type IlmdField = PublicFieldsFile['ilmd'][number]

export interface PublicFields {
  complaints: PublicFieldsFile['complaints']
  /** offset of the place where a day ends, e.g. `+08:00` */
  dayEndsAt: string
  /** by full attribute name */
  ilmd: ReadonlyMap<string, IlmdField>
  description: PublicFieldsFile['description']
  labels: PublicFieldsFile['labels']
  /** business steps that hand over to people, who are never named */
  noReceiver: ReadonlySet<string>
  titles: TitlesFile
  /** titles of units of measure by UN/ECE Recommendation 20 code */
  units: ReadonlyMap<string, { zh: string; en: string }>
}

/** data/vocab/uom.json, as far as it is used here; the trace checks it. */
interface UomFile {
  dimensions: { units: { code: string; title: { zh: string; en: string } }[] }[]
}

/** Reads the files. Throws an error that names the file and the place that is wrong. */
export function readPublicFields(dataFolder: string): PublicFields {
  const file = read(join(dataFolder, 'vocab', 'public-fields.json'), parsePublicFields)
  const titles = read(join(dataFolder, 'vocab', 'cbv-titles.json'), parseTitles)
  const uom = read(join(dataFolder, 'vocab', 'uom.json'), value => value as UomFile)
  const { complaints, dayEndsAt, description, labels } = file
  return {
    complaints,
    dayEndsAt,
    description,
    labels,
    titles,
    units: new Map(uom.dimensions.flatMap(d => d.units.map(unit => [unit.code, unit.title] as const))),
    ilmd: new Map(file.ilmd.flatMap(field => field.names.map(name => [name, field] as const))),
    noReceiver: new Set(file.noReceiver),
  }
}

function read<T>(path: string, parse: (value: unknown, path: string) => T): T {
  return parse(readJsonFile(path), path)
}

/** One attribute of master data as stored. */
export interface Attribute {
  id: string
  attribute: unknown
}

const STANDARD =
  /^(?:urn:epcglobal:cbv:mda[:#]|https?:\/\/(?:ref|ns)\.gs1\.org\/(?:cbv|epcis)\/|https?:\/\/gs1\.org\/voc\/|cbvmda:|gs1:)/
const LONGEST = 500

/** A whitelisted attribute of a description, in both languages where it has them; null where it has none. */
export function describedAs(fields: PublicFields, attributes: readonly Attribute[], id: string): Bilingual | null {
  const field = fields.description[id]
  if (!field) return null
  const zh = firstOf(attributes, field.names, 'zh')
  const en = firstOf(attributes, field.en, 'en') ?? inLanguage(attributes, field.names, 'en')
  return zh === null && en === null ? null : { zh, en }
}

/** A text that says it is in this language wins over one that says nothing, and that over one in another. */
function firstOf(attributes: readonly Attribute[], names: readonly string[], language: string): string | null {
  for (const name of names) {
    const found = attributes.filter(a => a.id.replace(STANDARD, '') === name)
    const best =
      found.find(a => languageOf(a.attribute)?.startsWith(language)) ??
      found.find(a => languageOf(a.attribute) === null) ??
      found[0]
    const text = best && plainText(valueIn(best.attribute))
    if (text) return text
  }
  return null
}

function inLanguage(attributes: readonly Attribute[], names: readonly string[], language: string): string | null {
  const own = attributes.filter(a => languageOf(a.attribute)?.startsWith(language))
  return firstOf(own, names, language)
}

function languageOf(value: unknown): string | null {
  const language = (value as Record<string, unknown> | null)?.['@language']
  return typeof language === 'string' ? language.toLowerCase() : null
}

/** The value itself, of the form of JSON-LD the one in it. */
function valueIn(value: unknown): unknown {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>)['@value'] : value
}

/** A text or number of bearable length; null for anything else. */
export function plainText(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  return text === '' ? null : text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
