import { join } from 'node:path'
import { readJsonFile } from '../lib/data.ts'

interface Title {
  zh: string
  en: string
}

/** Link types of data/resolve/link-types.json, and how relations are spelt. */
export interface LinkTypes {
  /** of the GS1 Web Vocabulary */
  namespace: string
  /** relation as a URI: `pip`, `gs1:pip` and the vocabulary's other addresses become one; other URIs stay */
  uriOf(given: string): string
  /** `gs1:pip` for a relation of the vocabulary, else the URI */
  shortOf(uri: string): string
  /** null for a relation of another vocabulary */
  titleOf(uri: string): Title | null
  /**
   * Why links of this relation may not be registered, in words; null where they may be. Relations of other vocabularies
   * that say the same as one of GS1's are refused (GS1-Conformant Resolver, conformance statement on namespaces).
   */
  refusal(uri: string): string | null
}

interface File {
  namespace: string
  aliases: string[]
  types: { name: string; title: Title }[]
  reserved: { name: string; title: Title }[]
}

/** The relation keys that GS1's schema of linksets takes. */
const RELATION = /^https?:\/\/[a-zA-Z0-9./_]+$/

/** Reads data/resolve/link-types.json. Throws an error that names the file. */
export function readLinkTypes(dataFolder: string): LinkTypes {
  const { namespace, aliases, types, reserved } = readJsonFile(join(dataFolder, 'resolve', 'link-types.json')) as File
  const titles = new Map([...types, ...reserved].map(({ name, title }) => [namespace + name, title]))
  const given = new Set(reserved.map(({ name }) => namespace + name))
  const names = new Set([...types, ...reserved].map(({ name }) => name.toLowerCase()))
  function uriOf(text: string): string {
    const alias = [namespace, ...aliases].find(start => text.startsWith(start))
    if (alias) return namespace + text.slice(alias.length)
    return titles.has(namespace + text) ? namespace + text : text
  }
  return {
    namespace,
    uriOf,
    shortOf: uri => (uri.startsWith(namespace) ? `gs1:${uri.slice(namespace.length)}` : uri),
    titleOf: uri => titles.get(uri) ?? null,
    refusal(uri) {
      if (given.has(uri)) return 'the platform itself gives links of this type; use "default" 该类型由平台给出'
      if (titles.has(uri)) return null
      if (uri.startsWith(namespace)) return 'no such link type in the GS1 Web Vocabulary 没有这种链接类型'
      if (!RELATION.test(uri)) return 'a name of the GS1 Web Vocabulary or a URI of letters, digits, dots and slashes'
      const last = uri.split('/').at(-1)?.toLowerCase() ?? ''
      return names.has(last) ? `gs1:${last} says the same: use that 请使用 GS1 的同义类型` : null
    },
  }
}
