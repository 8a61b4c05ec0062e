import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Random, sampleCode, seeded } from '../../packages/core/src/codes/samples.fixture.ts'
import { type Codes, compileSchemes, parseSchemeFile, type SchemeFile } from '../../packages/core/src/index.ts'
import { DATA } from '../../packages/server/src/lib/paths.ts'

/** Codes as people scan and type them, the same for the same seed. */
export interface CodeLists {
  codes: Codes
  /** of every scheme in turn, made from its file */
  mixed: string[]
  /** Digital Links of products with lot or serial, of logistic units, places and parties */
  links: string[]
}

const SEED = 20261122

export function codeLists(count: number): CodeLists {
  const folder = join(DATA, 'schemes')
  const files = readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => parseSchemeFile(JSON.parse(readFileSync(join(folder, name), 'utf8')), name))
  const codes = compileSchemes(files)
  const random = seeded(SEED)
  const mixed = Array.from({ length: count }, (_, i) => asTyped(codes, files[i % files.length]!, random))
  const gtin = files.find(file => file.id === 'gtin')!
  const links = Array.from({ length: count }, (_, i) => {
    const host = ['https://id.gs1.org', 'https://trace.example.cn/q'][i % 2]
    const tail = [`/10/L${random(1e6)}`, `/21/${random(1e9)}`, `/10/L${random(1e4)}/21/${random(1e9)}`, ''][i % 4]
    return `${host}/01/${sampleCode(codes, gtin, random)}${tail}`
  })
  return { codes, mixed: flattened(mixed), links: flattened(links) }
}

/** With the word in front without which a code of this kind is not known. */
function asTyped(codes: Codes, file: SchemeFile, random: Random): string {
  const text = sampleCode(codes, file, random)
  if (codes.identify(text).some(reading => reading.ok && reading.scheme === file.id)) return text
  const [word] = file.normalise?.prefixes ?? []
  if (word !== undefined) return `${word} ${text}`
  const written = codes.convert(codes.parse(file.id, text), 'uri')
  return written.ok ? written.text : text
}

/** Strings joined from pieces are flattened when they are first read: that is not what is measured. */
function flattened(texts: string[]): string[] {
  return JSON.parse(JSON.stringify(texts)) as string[]
}
