import Type, { type Static } from 'typebox'
import { endpoint } from './endpoint.ts'

const Words = Type.Object({
  zh: Type.String({ minLength: 1, maxLength: 200 }),
  en: Type.String({ minLength: 1, maxLength: 200 }),
})
const Code = Type.String({ minLength: 1, maxLength: 4096, description: 'a code in any notation' })
const Instant = Type.String({ maxLength: 40, description: 'ISO 8601 instant with its zone' })
const Id = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }) })
const OrNull = <T extends ReturnType<typeof Type.String>>(type: T) => Type.Union([type, Type.Null()])
const Web = Type.String({ minLength: 8, maxLength: 2048, description: 'http or https address' })

/** Relation of a link: `pip`, `gs1:pip`, its URI in the GS1 Web Vocabulary, or the URI of another vocabulary. */
const LinkType = Type.String({ minLength: 1, maxLength: 200 })

export const LinkDraft = Type.Object(
  {
    code: Code,
    linkType: LinkType,
    href: Web,
    title: Type.String({ minLength: 1, maxLength: 200, description: 'in the language of the target' }),
    languages: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Za-z]{2}(-[A-Za-z]{2})?$' }), { maxItems: 20, description: 'BCP 47' }),
    ),
    mediaType: Type.Optional(Type.String({ maxLength: 100, pattern: '^[\\w.+-]+/[\\w.+-]+$' })),
    context: Type.Optional(Type.Array(Type.String({ pattern: '^[\\w.-]{1,50}$' }), { maxItems: 20 })),
    default: Type.Optional(
      Type.Enum(['none', 'single', 'multi'], {
        description:
          'single: the default link; multi: instead of it where language, type or context of the request fit',
      }),
    ),
    from: Type.Optional(Instant),
    until: Type.Optional(Instant),
  },
  { additionalProperties: false },
)
export type LinkDraft = Static<typeof LinkDraft>

/** A link that an organisation registered for a code: of the code itself and of everything below it. */
export const Link = Type.Object({
  id: Type.String(),
  code: Type.String({ description: 'canonical' }),
  linkType: Type.String({ description: 'URI' }),
  href: Type.String(),
  title: Type.String(),
  languages: Type.Array(Type.String()),
  mediaType: OrNull(Type.String()),
  context: Type.Array(Type.String()),
  default: Type.Enum(['none', 'single', 'multi']),
  organisation: Type.String(),
  created: Type.String(),
  from: OrNull(Type.String()),
  until: OrNull(Type.String()),
})
export type Link = Static<typeof Link>

export const createLink = endpoint({
  id: 'createLink',
  status: 201,
  method: 'POST',
  path: '/api/links',
  permission: 'link:write',
  summary: {
    zh: '为编码登记链接；同一编码、类型与网址的链接被更新',
    en: 'Register a link of a code; one of the same code, type and address is replaced',
  },
  body: LinkDraft,
  reply: Link,
})

export const listLinks = endpoint({
  id: 'listLinks',
  method: 'GET',
  path: '/api/links',
  permission: 'read',
  summary: { zh: '编码的链接，或本单位登记的链接', en: 'Links of a code, or those that the organisation registered' },
  query: Type.Object(
    { code: Type.Optional(Code), after: Type.Optional(Id.properties.id) },
    { additionalProperties: false },
  ),
  reply: Type.Object({ links: Type.Array(Link), next: Type.Optional(Type.String()) }),
})

export const deleteLink = endpoint({
  id: 'deleteLink',
  method: 'DELETE',
  path: '/api/links/:id',
  permission: 'link:write',
  summary: { zh: '删除链接', en: 'Delete a link' },
  params: Id,
  reply: Link,
})

export const AliasDraft = Type.Object(
  {
    former: Type.String({ minLength: 1, maxLength: 200, description: 'the number as it is printed' }),
    code: Code,
    kind: Type.String({ minLength: 1, maxLength: 40, description: 'one of data/resolve/alias-kinds.json' }),
    since: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  },
  { additionalProperties: false },
)
export type AliasDraft = Static<typeof AliasDraft>

/** Another number under which something is found: its former one, an approval number, a certificate, … */
export const Alias = Type.Object({
  id: Type.String(),
  former: Type.String(),
  code: Type.String({ description: 'canonical code of what it leads to' }),
  kind: Type.String(),
  since: OrNull(Type.String()),
  organisation: Type.String(),
  created: Type.String(),
})
export type Alias = Static<typeof Alias>

export const createAlias = endpoint({
  id: 'createAlias',
  status: 201,
  method: 'POST',
  path: '/api/aliases',
  permission: 'link:write',
  summary: { zh: '登记别名：原编码、批准文号、证书号等', en: 'Register another number that leads to a code' },
  body: AliasDraft,
  reply: Alias,
})

export const listAliases = endpoint({
  id: 'listAliases',
  method: 'GET',
  path: '/api/aliases',
  permission: 'read',
  summary: { zh: '编码的别名，或本单位登记的别名', en: 'Aliases of a code, or those that the organisation registered' },
  query: Type.Object(
    { code: Type.Optional(Code), after: Type.Optional(Id.properties.id) },
    { additionalProperties: false },
  ),
  reply: Type.Object({ aliases: Type.Array(Alias), next: Type.Optional(Type.String()) }),
})

export const deleteAlias = endpoint({
  id: 'deleteAlias',
  method: 'DELETE',
  path: '/api/aliases/:id',
  permission: 'link:write',
  summary: { zh: '删除别名', en: 'Delete an alias' },
  params: Id,
  reply: Alias,
})

const PLATFORM_STATES = ['active', 'paused', 'closed'] as const

export const PlatformDraft = Type.Object(
  {
    match: Type.Enum(['company-prefix', 'scheme', 'uri'], {
      description: 'what the prefix is one of: a GS1 company prefix, the id of a scheme, a URI',
    }),
    prefix: Type.String({ minLength: 1, maxLength: 500 }),
    name: Words,
    home: Web,
    query: Type.Optional(
      Type.String({ minLength: 8, maxLength: 2048, description: 'where a code is looked up; {code} stands for it' }),
    ),
    state: Type.Optional(Type.Enum([...PLATFORM_STATES])),
  },
  { additionalProperties: false },
)
export type PlatformDraft = Static<typeof PlatformDraft>

/** Another platform that holds the data of all codes with a prefix. */
export const ForeignPlatform = Type.Object({
  id: Type.String(),
  match: Type.String(),
  prefix: Type.String(),
  name: Words,
  home: Type.String(),
  query: OrNull(Type.String()),
  state: Type.Enum([...PLATFORM_STATES]),
  organisation: Type.String(),
  created: Type.String(),
})
export type ForeignPlatform = Static<typeof ForeignPlatform>

export const createPlatform = endpoint({
  id: 'createPlatform',
  status: 201,
  method: 'POST',
  path: '/api/platforms',
  permission: 'admin',
  summary: {
    zh: '登记外部平台：哪些前缀的编码由它管理；同一前缀被更新',
    en: 'Register another platform by the prefix of the codes it holds; the same prefix is replaced',
  },
  body: PlatformDraft,
  reply: ForeignPlatform,
})

export const listPlatforms = endpoint({
  id: 'listPlatforms',
  method: 'GET',
  path: '/api/platforms',
  permission: 'read',
  summary: { zh: '外部平台列表', en: 'List the other platforms' },
  reply: Type.Object({ platforms: Type.Array(ForeignPlatform) }),
})

export const deletePlatform = endpoint({
  id: 'deletePlatform',
  method: 'DELETE',
  path: '/api/platforms/:id',
  permission: 'admin',
  summary: { zh: '删除外部平台', en: 'Delete another platform' },
  params: Id,
  reply: ForeignPlatform,
})

/** Where the data of a code are held. */
const Home = Type.Object({
  name: Words,
  address: Type.String(),
  self: Type.Boolean({ description: 'this platform' }),
  state: Type.Enum([...PLATFORM_STATES]),
})

const Candidate = Type.Object({ scheme: Type.String(), code: Type.String(), address: Type.String() })

/**
 * Which object a code names, which system is its home, where to ask. `state`: `here` (records or a description on this
 * platform), `elsewhere` (another platform holds it; it was not asked), `ambiguous` (see `candidates`).
 */
export const Resolution = Type.Object({
  state: Type.Enum(['here', 'elsewhere', 'ambiguous']),
  code: OrNull(Type.String()),
  scheme: OrNull(Type.String()),
  type: OrNull(Type.String({ description: 'level: class, lot, item, logistic, asset, place, party, document, other' })),
  home: Type.Union([Home, Type.Null()]),
  address: OrNull(Type.String({ description: 'where to ask about the code' })),
  links: Type.Array(Link),
  formerly: Type.Array(Alias),
  candidates: Type.Optional(Type.Array(Candidate)),
})
export type Resolution = Static<typeof Resolution>

export const resolveCode = endpoint({
  id: 'resolveCode',
  method: 'GET',
  path: '/api/resolve',
  permission: null,
  summary: { zh: '解析编码：对象、归属系统与查询地址', en: 'Resolve a code: object, home system, address to ask' },
  query: Type.Object({ code: Code }, { additionalProperties: false }),
  reply: Resolution,
})
