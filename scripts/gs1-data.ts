import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * Facts of GS1 as our own data:
 *
 *   npx tsx scripts/gs1-data.ts [gs1-syntax-dictionary.txt "name and date of its release"]
 *
 * With a dictionary, `data/gs1/application-identifiers.json` takes its facts over and keeps the names, aliases and
 * Chinese titles that stand there. Then, in any case, `packages/core/src/codes/gs1/tables.ts` is made afresh from
 * `data/gs1/*.json`, so that the library needs no files at run time.
 */

/** One row: an application identifier or a range of them. */
export interface AiRow {
  /** `10` or `3100-3105` */
  ai: string
  /** components as the dictionary writes them, e.g. `N13,csum [X..17]` */
  format: string
  /** of predefined length: no FNC1 after it */
  fixed?: true
  /** may stand in the query of a Digital Link */
  attribute?: true
  /** each: one of these groups must be there, e.g. `01+21,8006` */
  requires?: string[]
  /** none of these may be there, e.g. `310n` */
  excludes?: string[]
  /** a Digital Link key; sequences of its qualifiers, e.g. `22,10,21|235` */
  key?: string
  /** name in parsed data; none for internal use */
  name?: string
  /** data title of GS1 */
  title: string
  zh?: string
  /** short word in Digital Link paths (version 1.1 of the standard) */
  alias?: string
}

export interface AiFile {
  source: string
  identifiers: AiRow[]
}

/** The rows of a GS1 Barcode Syntax Dictionary. Its syntax is described at its head. */
export function readDictionary(text: string): AiRow[] {
  return text.split('\n').flatMap(line => {
    const found = /^(\d{2,4}(?:-\d{2,4})?)\s+([^\w[\s#]*)\s*(.*)$/.exec(line.split('#', 1)[0]!.trimEnd())
    if (!found) return []
    const words = found[3]!.split(/\s+/)
    const of = (name: string) =>
      words.filter(word => word.startsWith(`${name}=`)).map(word => word.slice(name.length + 1))
    const key = words.find(word => word === 'dlpkey' || word.startsWith('dlpkey='))
    const row: AiRow = {
      ai: found[1]!,
      format: words.filter(word => /^\[?[NXYZ](\.\.)?\d/.test(word)).join(' '),
      ...(found[2]!.includes('*') ? { fixed: true as const } : {}),
      ...(found[2]!.includes('?') ? { attribute: true as const } : {}),
      ...(of('req').length > 0 ? { requires: of('req') } : {}),
      ...(of('ex').length > 0 ? { excludes: of('ex').flatMap(list => list.split(',')) } : {}),
      ...(key === undefined ? {} : { key: key.slice('dlpkey='.length) }),
      title: line.includes('#') ? line.slice(line.indexOf('#') + 1).trim() : '',
    }
    return [row]
  })
}

/** Facts from the dictionary, names, aliases and Chinese titles from what stands there already. */
export function mergeRows(facts: readonly AiRow[], known: readonly AiRow[]): AiRow[] {
  const byAi = new Map(known.map(row => [row.ai, row]))
  return facts.map(row => {
    const { name, zh, alias } = byAi.get(row.ai) ?? {}
    return { ...row, ...(name ? { name } : {}), ...(zh ? { zh } : {}), ...(alias ? { alias } : {}) }
  })
}

interface DataFiles {
  identifiers: AiFile
  lists: { lists: { id: string; source: string; codes: string }[] }
  compression: { source: string; optimisations: Record<string, string> }
  prefixes: { source: string; lengths: Record<string, number> }
}

/** The text of `tables.ts`. */
export function tablesModule({ identifiers, lists, compression, prefixes }: DataFiles): string {
  const rows = identifiers.identifiers.map(row =>
    [
      row.ai,
      row.format,
      (row.fixed ? '*' : '') + (row.attribute ? '?' : ''),
      (row.requires ?? []).join(' '),
      (row.excludes ?? []).join(' '),
      row.key === undefined ? '' : `=${row.key}`,
      row.name ?? '',
      row.title,
      row.zh ?? '',
      row.alias ?? '',
    ]
      .join(';')
      .replace(/;+$/, ''),
  )
  const lines = (name: string, doc: string, values: string[]) => [
    `/** ${doc} */`,
    `export const ${name} = \`\\`,
    ...values,
    '`',
    '',
  ]
  return [
    '// Made from data/gs1 by scripts/gs1-data.ts: change the data, not this file.',
    '',
    ...lines('IDENTIFIERS', `${identifiers.source}. ai;format;flags;requires;excludes;key;name;title;zh;alias`, rows),
    ...lines(
      'CODE_LISTS',
      `${lists.lists.map(list => list.source).join('; ')}`,
      lists.lists.map(list => `${list.id}=${list.codes}`),
    ),
    ...lines(
      'OPTIMISATIONS',
      `${compression.source}`,
      inRows(Object.entries(compression.optimisations).map(([code, ais]) => `${code}=${ais}`)),
    ),
    ...lines(
      'PREFIX_LENGTHS',
      `${prefixes.source}`,
      inRows(Object.entries(prefixes.lengths).map(([prefix, length]) => `${prefix}=${length}`)),
    ),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

/** Eight to a line. */
const inRows = (items: string[]) =>
  Array.from({ length: Math.ceil(items.length / 8) }, (_, i) => items.slice(i * 8, i * 8 + 8).join(';'))

const ROOT = new URL('../', import.meta.url)
const path = (name: string) => new URL(`data/gs1/${name}.json`, ROOT)
const json = <T>(name: string) => JSON.parse(readFileSync(path(name), 'utf8')) as T

/** `data/gs1/*.json`, read. */
export function gs1Data(): DataFiles {
  return {
    identifiers: json('application-identifiers'),
    lists: json('code-lists'),
    compression: json('compression'),
    prefixes: json('company-prefixes'),
  }
}

/** One row a line. */
function identifiersText(file: AiFile): string {
  const rows = file.identifiers.map(row => `    ${JSON.stringify(row)}`).join(',\n')
  return `{\n  "source": ${JSON.stringify(file.source)},\n  "identifiers": [\n${rows}\n  ]\n}\n`
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [dictionary, release] = process.argv.slice(2)
  const data = gs1Data()
  if (dictionary) {
    const rows = mergeRows(readDictionary(readFileSync(dictionary, 'utf8')), data.identifiers.identifiers)
    data.identifiers = { source: release ?? data.identifiers.source, identifiers: rows }
    writeFileSync(path('application-identifiers'), identifiersText(data.identifiers))
  }
  writeFileSync(new URL('packages/core/src/codes/gs1/tables.ts', ROOT), tablesModule(data))
}
