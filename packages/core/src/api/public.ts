import Type from 'typebox'
import { endpoint } from './endpoint.ts'
import { PublicTraceSchema } from './public-trace-schema.ts'

/** What needs no key and is mounted by hand. */

const HTML = ['text/html', 'application/json', 'application/linkset+json'] as const
const Look = Type.Object({
  lang: Type.Optional(Type.Enum(['zh', 'en'])),
  linkType: Type.Optional(Type.String({ description: 'a link of this type instead (307); linkset: all links' })),
  context: Type.Optional(Type.String()),
})
const Rest = Type.String({ description: 'the rest of the path; its slashes stay' })

export const getHealth = endpoint({
  id: 'getHealth',
  method: 'GET',
  path: '/health',
  permission: null,
  summary: { zh: '服务是否就绪（503：尚未）', en: 'Whether the service is ready (503: not yet)' },
  reply: Type.Object({ status: Type.String() }),
})

export const getMetrics = endpoint({
  id: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  permission: null,
  summary: { zh: '运行指标（Prometheus 文本）', en: 'Metrics, Prometheus text' },
  produces: ['text/plain'],
})

export const getLimits = endpoint({
  id: 'getLimits',
  method: 'GET',
  path: '/api/limits',
  permission: null,
  summary: { zh: '各项限额', en: 'Limits that are enforced' },
  reply: Type.Record(Type.String(), Type.Number()),
})

export const getOpenApi = endpoint({
  id: 'getOpenApi',
  method: 'GET',
  path: '/api/openapi.json',
  permission: null,
  summary: { zh: '接口描述（OpenAPI 3.1）', en: 'This description (OpenAPI 3.1)' },
  reply: Type.Object({ openapi: Type.String() }),
})

export const getApiPage = endpoint({
  id: 'getApiPage',
  method: 'GET',
  path: '/api/docs',
  permission: null,
  summary: { zh: '接口说明页', en: 'The interfaces as a page' },
  produces: ['text/html'],
})

export const getPublicTraceSchema = endpoint({
  id: 'getPublicTraceSchema',
  method: 'GET',
  path: '/api/schemas/public-trace.json',
  permission: null,
  summary: { zh: '公众查询答复的 JSON Schema', en: 'JSON Schema of the public answer' },
  produces: ['application/schema+json'],
})

export const getResolverDescription = endpoint({
  id: 'getResolverDescription',
  method: 'GET',
  path: '/.well-known/gs1resolver',
  permission: null,
  summary: { zh: 'GS1 解析器说明文件', en: 'Description file of the GS1-conformant resolver' },
  reply: Type.Object({ resolverRoot: Type.String() }),
})

export const getHomePage = endpoint({
  id: 'getHomePage',
  method: 'GET',
  path: '/',
  permission: null,
  summary: { zh: '公众查询首页', en: 'The public first page' },
  produces: ['text/html'],
})

export const findCode = endpoint({
  id: 'findCode',
  method: 'GET',
  path: '/t',
  permission: null,
  summary: { zh: '由输入的编码转到其页面', en: 'Leads from a code, as typed, to its page' },
  query: Type.Object({ code: Type.Optional(Type.String()) }),
  status: 303,
  answers: { Location: 'the page' },
})

export const getCodePage = endpoint({
  id: 'getCodePage',
  method: 'GET',
  path: '/t/*',
  permission: null,
  summary: { zh: '任意编码的页面', en: 'The page of any code' },
  params: Type.Object({ '*': Rest }),
  query: Look,
  produces: HTML,
  reply: PublicTraceSchema,
})

/** `/01/…`, `/00/…`, `/8004/…`: one for each GS1 key, by its application identifier or short name. */
export const resolveDigitalLink = endpoint({
  id: 'resolveDigitalLink',
  method: 'GET',
  path: '/:key/*',
  permission: null,
  summary: { zh: 'GS1 Digital Link：页面、数据或链接集', en: 'GS1 Digital Link: the page, its data, or a linkset' },
  params: Type.Object({
    key: Type.String({ description: 'application identifier of a GS1 key (01, 00, 414, …) or its short name' }),
    '*': Rest,
  }),
  query: Look,
  produces: HTML,
  reply: PublicTraceSchema,
})

export const resolveCompressedLink = endpoint({
  id: 'resolveCompressedLink',
  method: 'GET',
  path: '/:compressed',
  permission: null,
  summary: { zh: '压缩的 GS1 Digital Link', en: 'A compressed GS1 Digital Link' },
  params: Type.Object({ compressed: Type.String({ pattern: '^[A-Za-z0-9_-]{10,2048}$' }) }),
  query: Look,
  produces: HTML,
  reply: PublicTraceSchema,
})

export const getCheckPage = endpoint({
  id: 'getCheckPage',
  method: 'GET',
  path: '/check/*',
  permission: null,
  summary: {
    zh: '核对记录：在浏览器中验算各环节在签名日志中的证明',
    en: 'Check of the records of a code: the proofs that they stand in the signed log, verified in the browser',
  },
  params: Type.Object({ '*': Type.String({ description: 'path of the page of the code, its slashes kept' }) }),
  query: Type.Object({ lang: Type.Optional(Type.Enum(['zh', 'en'])) }),
  produces: ['text/html'],
})

export const getProblemPage = endpoint({
  id: 'getProblemPage',
  method: 'GET',
  path: '/problems/:kind',
  permission: null,
  summary: { zh: '一种错误的说明', en: 'What a kind of problem means' },
  params: Type.Object({ kind: Type.String() }),
  produces: ['text/html'],
})

export const getLogPage = endpoint({
  id: 'getLogPage',
  method: 'GET',
  path: '/log',
  permission: null,
  summary: {
    zh: '可验证日志页：检查点、见证人联署、锚定的区块与时间',
    en: 'Page of the log for people: checkpoint, who has cosigned, block and time of anchors',
  },
  produces: ['text/html'],
})

/** Of the log with SHA-256 and Ed25519; that with SM3 and SM2 is at `/log/sm/…`. */
export const getLogCheckpoint = endpoint({
  id: 'getLogCheckpoint',
  method: 'GET',
  path: '/log/checkpoint',
  permission: null,
  summary: {
    zh: '日志的最新签名检查点，已有的联署附后（C2SP tlog-checkpoint；国密套件在 /log/sm/）',
    en: 'Newest signed checkpoint of the log, with the cosignatures that it has so far (C2SP tlog-checkpoint); the suite with SM3 and SM2 is at /log/sm/',
  },
  produces: ['text/plain'],
})

export const getLogCosigned = endpoint({
  id: 'getLogCosigned',
  method: 'GET',
  path: '/log/checkpoint/cosigned',
  permission: null,
  summary: {
    zh: '联署已满足策略的最新检查点',
    en: 'Newest checkpoint whose cosignatures meet the policy of the log',
  },
  produces: ['text/plain'],
})

export const getLogTile = endpoint({
  id: 'getLogTile',
  method: 'GET',
  path: '/log/tile/*',
  permission: null,
  summary: {
    zh: '日志的散列块与条目包（C2SP tlog-tiles）',
    en: 'Tiles and entry bundles of the log (C2SP tlog-tiles)',
  },
  params: Type.Object({ '*': Type.String({ description: 'L/N[.p/W], or entries/N[.p/W]' }) }),
  produces: ['application/octet-stream'],
})

export const getLogPolicy = endpoint({
  id: 'getLogPolicy',
  method: 'GET',
  path: '/log/policy',
  permission: null,
  summary: { zh: '验证日志所用的策略文件（C2SP tlog-policy）', en: 'Policy to verify the log by (C2SP tlog-policy)' },
  produces: ['text/plain'],
})
