import type { LinkNames } from './digital-link.ts'
import { prepareUrn, type UrnForm } from './epc-urn.ts'
import { type Primary, preparePrimary } from './primary.ts'
import { bareSchemes } from './read-bare.ts'
import { SchemeError, type SchemeFile } from './scheme-file.ts'

/** What the parts of this folder share. */
export interface Compiled {
  schemes: ReadonlyMap<string, SchemeFile>
  names: LinkNames
  /** by application identifier only */
  byAi: ReadonlyMap<string, Primary>
  /** by prefix `urn:epc:id:sgtin:` */
  urns: ReadonlyMap<string, UrnForm>
  /** ids of the schemes whose codes begin with digits of a fixed number */
  numeric: ReadonlySet<string>
  /** those read without a mark of their kind, by rank */
  bare: readonly Primary[]
}

/** @throws SchemeError where two files claim the same id, application identifier, alias or URN type */
export function compile(files: readonly SchemeFile[]): Compiled {
  const schemes = new Map<string, SchemeFile>()
  const byAi = new Map<string, Primary>()
  const names = new Map<string, Primary | string>()
  const urns = new Map<string, UrnForm>()
  for (const file of files) {
    claim(schemes, file.id, file, file)
    const primary = preparePrimary(file)
    if (!primary) continue
    claim(byAi, primary.ai, primary, file)
    for (const name of [primary.ai, ...file.forms.digitalLink!.aliases]) claim(names, name, primary, file)
    for (const q of file.qualifiers) {
      for (const name of [q.ai, ...q.aliases]) if (names.get(name) !== q.ai) claim(names, name, q.ai, file)
    }
    for (const urn of file.forms.urn ?? []) {
      const form = prepareUrn(primary, urn)
      claim(urns, form.prefix, form, file)
    }
  }
  const primaries = [...byAi.values()]
  const numeric = new Set(primaries.filter(primary => primary.digits > 0).map(primary => primary.file.id))
  return { schemes, names, byAi, urns, numeric, bare: bareSchemes(primaries) }
}

function claim<T>(map: Map<string, T>, name: string, value: T, file: SchemeFile): void {
  if (map.has(name)) throw new SchemeError(`${file.id}: another scheme already has "${name}"`)
  map.set(name, value)
}
