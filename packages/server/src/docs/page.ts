import { createHash } from 'node:crypto'
import { type Callback, type Endpoint, epcisException, type ProblemKind, problems } from '@yuanliu/core'
import { constant, type Html, html, markup } from '../lib/html.ts'
import { type Words, wordsOf } from './chinese.ts'
import { exampleOf } from './examples.ts'
import { type About, membersOf, permissionsOf, tagOf, templateOf } from './openapi.ts'

const STYLE = `
:root{color-scheme:light dark;--ink:#1b2429;--soft:#54616a;--line:#d8dfe3;--paper:#fff;--ground:#f3f6f7;--accent:#0b5f6b}
@media(prefers-color-scheme:dark){:root{--ink:#e6ecef;--soft:#a5b2ba;--line:#37444c;--paper:#182127;--ground:#10171b;--accent:#6cc3d0}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1rem;background:var(--ground);color:var(--ink);font:1rem/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:anywhere}
a{color:var(--accent)}nav a{display:inline-block;padding:.5rem .6rem}
section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1rem;margin-top:1rem}
h1{line-height:1.3}h2{margin:2rem 0 0}ul{margin:.25rem 0;padding-left:1.2rem}h3{margin:0;font-size:1rem;font-family:ui-monospace,Menlo,Consolas,monospace}h3 b,h4 b{color:var(--accent)}h4{margin:1rem 0 0}
p{margin:.25rem 0}.s{color:var(--soft)}
table{border-collapse:collapse;width:100%;margin-top:.5rem}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-top:1px solid var(--line)}@media(min-width:40.01rem){td:not(:last-child),th{overflow-wrap:normal}}
@media(max-width:40rem){table,thead,tbody,tr{display:block}tr{border-top:1px solid var(--line);padding:.25rem 0}th,td{display:inline-block;border:0;padding:0 .75rem 0 0}td:last-child{display:block}}
code,pre{font:.9rem/1.5 ui-monospace,Menlo,Consolas,monospace}pre{white-space:pre-wrap;background:var(--ground);padding:.6rem;border-radius:6px;margin:.6rem 0 0}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
`
  .trim()
  .replace(/\n/g, '')

/** Content-Security-Policy of the page: its own style and nothing else. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Titles of the parts; a part without one bears the word of its path. */
const TITLES: Readonly<Record<string, Words>> = {
  epcis: { zh: 'EPCIS 2.0：采集与查询', en: 'EPCIS 2.0: capture and query' },
  aliases: { zh: '别名', en: 'Other numbers' },
  backup: { zh: '备份', en: 'Backup' },
  captures: { zh: '采集回执', en: 'Receipts' },
  codes: { zh: '编码：识读、领用、状态', en: 'Codes: reading, issuing, states' },
  conflicts: { zh: '冲突的事件', en: 'Conflicts' },
  docs: { zh: '接口说明页', en: 'This page' },
  events: { zh: '事件检索', en: 'Search of events' },
  keys: { zh: '访问密钥', en: 'Access keys' },
  labels: { zh: '标签', en: 'Labels' },
  limits: { zh: '限额', en: 'Limits' },
  links: { zh: '链接', en: 'Links' },
  log: { zh: '可验证日志', en: 'The signed log' },
  openapi: { zh: '接口描述', en: 'Description' },
  organisations: { zh: '单位', en: 'Organisations' },
  platforms: { zh: '外部平台', en: 'Other platforms' },
  public: { zh: '公开地址', en: 'Public addresses' },
  resolve: { zh: '编码解析', en: 'Resolving' },
  schemas: { zh: '数据格式', en: 'Schemas' },
  subscriptions: { zh: '订阅投递', en: 'Deliveries of subscriptions' },
  trace: { zh: '追溯', en: 'Trace' },
  vocabularies: { zh: '主数据', en: 'Master data' },
  witness: { zh: '见证他人的日志', en: 'Witnessing the logs of others' },
}

const PROBLEMS = { zh: '错误', en: 'Problems' }

/** All operations on one page, without scripts: the browser's own search finds every word. */
export function apiPage(operations: readonly Endpoint[], { publicUrl, version }: About): string {
  const base = new URL(publicUrl).pathname.replace(/\/$/, '')
  const tags = [...new Set(operations.map(tagOf))].sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1))
  return `<!doctype html>${markup(html`<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>源流接口 · Yuanliu interfaces</title><link rel="icon" href="data:,"><style>${constant(STYLE)}</style></head><body>
<header><h1>源流接口 <span lang="en">Yuanliu interfaces</span></h1><p class="s">${version} · <a href="${base}/api/openapi.json">OpenAPI 3.1</a> · <a href="${base}/">${publicUrl}</a></p>
<p>请求带 <code>Authorization: Bearer 密钥</code>；标明“公开”的不需要。出错答复 <code>application/problem+json</code>，<code>errors[]</code> 指明位置。按 Ctrl+F 查找。</p>
<p lang="en" class="s">Requests bear <code>Authorization: Bearer KEY</code>, those marked public need none. Errors are <code>application/problem+json</code>; <code>errors[]</code> name the place. Ctrl+F finds every word of this page.</p></header>
<nav aria-label="目录 Contents">${tags.map(tag => html`<a href="#${tag}">${inline(title(tag))}</a>`)}<a href="#problems">${inline(PROBLEMS)}</a></nav>
<main>${tags.map(
    tag => html`<h2 id="${tag}">${inline(title(tag))}</h2>
${operations.filter(o => tagOf(o) === tag).map(o => operation(o, publicUrl))}`,
  )}${problemTable()}</main></body></html>`)}`
}

const order = (tag: string) => (tag === 'epcis' ? 0 : tag === 'public' ? 2 : 1)
const title = (tag: string) => TITLES[tag] ?? { zh: tag, en: tag }

/** Both languages on a line; once where there is nothing to translate. */
function inline({ zh, en }: Words): Html {
  return zh === en ? html`${zh}` : html`${zh} <span lang="en" class="s">${en}</span>`
}

function operation(o: Endpoint, publicUrl: string): Html {
  const permissions = permissionsOf(o)
  const inputs = [
    ...rows('路径 path', o.params),
    ...rows('查询 query', o.query),
    ...families(o.query),
    ...rows('请求头 header', o.headers),
    ...rows('内容 body', o.body),
  ]
  const answers = Object.entries(o.answers ?? {})
  const { accepts, refuses = [] } = o
  const types = o.produces ?? (o.reply ? ['application/json'] : [])
  return html`<section id="${o.id}"><h3><b>${o.method}</b> ${templateOf(o.path)}</h3>
<p>${o.summary.zh}</p><p lang="en" class="s">${o.summary.en}</p>
<p>${permissions.length ? html`权限 <span lang="en">permission</span> ${permissions.map((name, i) => html`${i > 0 && ' | '}<code>${name}</code>`)}` : html`公开 <span lang="en">public</span>`}</p>
${inputs.length > 0 && table(inputs)}
${accepts && html`<p>接受 <span lang="en">takes</span> ${accepts.join(', ')}</p>`}
<p>答复 <span lang="en">answer</span> ${o.status ?? 200} ${types.join(', ')}${refuses.length > 0 && html` · 出错 <span lang="en">problems</span> ${refuses.join(', ')}`}</p>
${answers.length > 0 && html`<ul>${answers.map(([name, says]) => html`<li><code>${name}</code> ${inline(wordsOf(says))}</li>`)}</ul>`}
<pre>${curl(o, publicUrl)}</pre>${Object.values(o.callbacks ?? {}).map(callback)}</section>`
}

/** What is posted to an address that the caller named. */
function callback({ to, summary, headers, bodies, answers }: Callback): Html {
  return html`<h4>回调 <span lang="en">callback</span> <b>POST</b> <code>${to}</code></h4>
<p>${summary.zh}</p><p lang="en" class="s">${summary.en}</p>
${table(rows('请求头 header', headers))}
<table><thead><tr><th>内容 body</th><th>含义 meaning</th></tr></thead><tbody>${bodies.map(({ types, what }) => meaning(types, what))}</tbody></table>
<table><thead><tr><th>接收方答复 its answer</th><th>结果 what follows</th></tr></thead><tbody>${answers.map(
    ({ statuses, does, heeds = {} }) =>
      meaning(
        statuses.map(status => (status === 'default' ? '其他 other' : status)),
        does,
        heeds,
      ),
  )}</tbody></table>`
}

function meaning(names: readonly string[], { zh, en }: Words, headers: Readonly<Record<string, Words>> = {}): Html {
  const told = Object.entries(headers).map(([name, words]) => html`<p><code>${name}</code> ${inline(words)}</p>`)
  return html`<tr><td>${names.map((name, i) => html`${i > 0 && ', '}<code>${name}</code>`)}</td><td><p>${zh}</p><p lang="en" class="s">${en}</p>${told}</td></tr>`
}

function rows(place: string, schema: unknown): Html[] {
  const { required = [] } = (schema ?? {}) as { required?: string[] }
  return Object.entries(membersOf(schema)).map(([name, member]) => {
    const { description = '' } = member as { description?: string }
    const must = required.includes(name)
    return html`<tr><td><code>${name}</code></td><td>${place}</td><td>${must ? '必填 required' : '可选 optional'}</td><td>${typeName(member)} ${inline(wordsOf(description))}</td></tr>`
  })
}

/** Query parameters that have a name in their name. */
function families(schema: unknown): Html[] {
  const { patternProperties = {} } = (schema ?? {}) as {
    patternProperties?: Record<string, { description: string; examples: readonly string[] }>
  }
  return Object.values(patternProperties).map(
    ({ description, examples }) =>
      html`<tr><td><code>${examples.join(', ')}, …</code></td><td>查询 query</td><td>可选 optional</td><td>${inline(wordsOf(description))}</td></tr>`,
  )
}

function table(lines: readonly Html[]): Html {
  return html`<table><thead><tr><th>名称 name</th><th>位置 place</th><th></th><th>取值 value</th></tr></thead><tbody>${lines}</tbody></table>`
}

/** What a schema takes, in a word or two. */
function typeName(schema: unknown): string {
  const s = schema as {
    type?: string
    enum?: unknown[]
    const?: unknown
    anyOf?: unknown[]
    items?: unknown
    maximum?: number
    minimum?: number
  }
  if (s.const !== undefined) return String(s.const)
  if (s.enum) return s.enum.join(' | ')
  if (s.anyOf) return s.anyOf.map(typeName).join(' | ')
  if (s.type === 'array') return `[${typeName(s.items ?? {})}]`
  const bounds = s.minimum !== undefined || s.maximum !== undefined ? ` ${s.minimum ?? ''}…${s.maximum ?? ''}` : ''
  return `${s.type ?? 'any'}${bounds}`
}

/** The example as a command to try. */
function curl(o: Endpoint, publicUrl: string): string {
  const { params = {}, query = {}, body } = exampleOf(o)
  const path = o.path
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
    .replace('*', params['*'] ?? '')
  const search = new URLSearchParams(query).toString()
  const lines = [`curl ${o.method === 'GET' ? '' : `-X ${o.method} `}'${publicUrl}${path}${search && `?${search}`}'`]
  if (permissionsOf(o).length) lines.push(`-H "Authorization: Bearer $YUANLIU_KEY"`)
  if (body !== undefined) lines.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body)}'`)
  return lines.join(' \\\n  ')
}

function problemTable(): Html {
  const kinds = Object.keys(problems) as ProblemKind[]
  return html`<h2 id="problems">${inline(PROBLEMS)}</h2><section><table><thead><tr><th></th><th>type</th><th>/epcis</th><th>说明</th><th lang="en">meaning</th></tr></thead><tbody>${kinds.map(
    kind =>
      html`<tr><td>${problems[kind].status}</td><td><code>${kind}</code></td><td><code>${epcisException(kind)}</code></td><td>${problems[kind].zh}</td><td lang="en">${problems[kind].en}</td></tr>`,
  )}</tbody></table></section>`
}
