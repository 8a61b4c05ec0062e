import { type Head, headsOf } from './address.ts'
import { type BareIndex, bareIndex } from './bare-index.ts'
import { type LinkNames, linkNames } from './gs1/digital-link.ts'
import { prepareUrn, type UrnForm } from './gs1/epc-urn.ts'
import { type Primary, preparePrimary } from './gs1/primary.ts'
import { checkReferences, prepareScheme, type Scheme } from './scheme.ts'
import { SchemeError } from './scheme-error.ts'
import type { SchemeFile } from './scheme-file.ts'

/** What the parts of this folder share. */
export interface Compiled {
  schemes: ReadonlyMap<string, SchemeFile>
  /** prepared, by id */
  all: ReadonlyMap<string, Scheme>
  /** names in a Digital Link path */
  names: LinkNames
  /** GS1 keys by application identifier only */
  byAi: ReadonlyMap<string, Primary>
  /** by the first two digits of an application identifier: whether a GS1 key has such a one */
  aiHeads: Uint8Array
  /** GS1 keys by id of their scheme */
  byId: ReadonlyMap<string, Primary>
  /** by prefix `urn:epc:id:sgtin:` */
  urns: ReadonlyMap<string, UrnForm>
  /** ids of the schemes whose codes begin with digits of a fixed number */
  numeric: ReadonlySet<string>
  /** beginnings of URIs that schemes have, the longest first */
  heads: readonly Head[]
  /** what is read without a mark of its kind */
  bare: BareIndex
  /** schemes whose codes have several lines */
  lined: readonly Scheme[]
  /** schemes whose codes are looked for in other people's addresses */
  carried: readonly Scheme[]
  /** whose pages' addresses stand for the code */
  paged: readonly Scheme[]
}

/** @throws SchemeError where two files claim the same id, application identifier, alias, URN type or head of URIs */
export function compile(files: readonly SchemeFile[]): Compiled {
  const schemes = new Map<string, SchemeFile>()
  const all = new Map<string, Scheme>()
  const byAi = new Map<string, Primary>()
  const byId = new Map<string, Primary>()
  const names = new Map<string, Primary | string>()
  const urns = new Map<string, UrnForm>()
  const uris = new Map<string, SchemeFile>()
  for (const file of files) {
    claim(schemes, file.id, file, file)
    all.set(
      file.id,
      prepareScheme(file, id => all.get(id)),
    )
    for (const uri of file.forms.uri ?? []) claim(uris, uri.toLowerCase(), file, file)
    const primary = preparePrimary(file)
    if (!primary) continue
    byId.set(file.id, primary)
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
  checkReferences(schemes)
  const numeric = new Set([...byAi.values()].filter(primary => primary.digits > 0).map(primary => primary.file.id))
  const list = [...all.values()]
  const aiHeads = new Uint8Array(100)
  for (const ai of byAi.keys()) aiHeads[Number(ai.slice(0, 2))] = 1
  return {
    schemes,
    all,
    names: linkNames(names),
    byAi,
    aiHeads,
    byId,
    urns,
    numeric,
    heads: headsOf(list),
    bare: bareIndex(
      list.filter(scheme => scheme.breaks === 0),
      byId,
    ),
    lined: list.filter(scheme => scheme.breaks > 0),
    carried: list.filter(scheme => scheme.file.forms.carried),
    paged: list.filter(scheme => scheme.file.forms.page),
  }
}

function claim<T>(map: Map<string, T>, name: string, value: T, file: SchemeFile): void {
  if (map.has(name)) throw new SchemeError(`${file.id}: another scheme already has "${name}"`)
  map.set(name, value)
}
