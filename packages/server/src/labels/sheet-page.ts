import { createHash } from 'node:crypto'
import { type CarrierSpec, type Locale, type Messages, type SheetSpec, setCodeStates, t } from '@yuanliu/core'
import { constant, type Html, html, markup } from '../lib/html.ts'
import type { Drawing } from './draw.ts'
import type { LabelText } from './label-text.ts'
import { codeSize, type Layout, type Notice, SCALES, SMALLEST, settingOf } from './layout.ts'

export interface PrintedLabel {
  svg: string
  drawing: Drawing
  text: LabelText
}

export interface SheetParts {
  paper: SheetSpec
  spec: CarrierSpec
  layout: Layout
  labels: readonly PrintedLabel[]
  notices: readonly Notice[]
  locale: Locale
  /** index of the first label of this page of the job */
  from: number
  /** labels of the whole job */
  total: number
  /** places of the first sheet left empty */
  used: number
  /** millimetres by which everything is moved */
  shift: { x: number; y: number }
  /** address of the next labels, where a browser can go there */
  next: string | null
  /** the codes first … last of an issued range that are printed here; `ended`: those of them that are void or retired */
  range: { id: number; first: number; last: number; ended: readonly number[] } | null
}

/** Ended codes that are named; of more, that there are more. */
const NAMED = 10

/** A page that prints labels in their true size, and on the screen says how to. `style`: its hash, for the policy. */
export function sheetPage(parts: SheetParts): { html: string; style: string } {
  const { paper, spec, labels, locale, from, total, used, notices, next, range } = parts
  const m = t(locale).labels
  const style = styleOf(parts)
  const perPage = paper.columns * paper.rows
  const cells: (Html | null)[] = [...Array<null>(used).fill(null), ...labels.map(label => labelOf(label, parts))]
  const pages: Html[] = []
  for (let i = 0; i < cells.length; i += perPage)
    pages.push(
      html`<section class="page">${cells.slice(i, i + perPage).map(cell => cell ?? html`<div></div>`)}</section>`,
    )
  const text = html`<html lang="${locale === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${m.title} · ${paper.title[locale]}</title><link rel="icon" href="data:,"><style>${constant(style)}</style></head>
<body><header><h1>${m.title}</h1><p>${m.summary(from + 1, from + labels.length, total)} · ${paper.title[locale]} · ${spec.title[locale]}</p>
<p><b>${m.how}</b></p>${notices.map(notice => html`<p class="note">${m[notice.what](notice.is, notice.target)}</p>`)}${range && rangeNotes(range, m)}${next && html`<p><a href="${next}">${m.next}</a></p>`}</header>
<main tabindex="0" aria-label="${m.title}">${pages}</main></body></html>`
  return {
    html: `<!doctype html>${markup(text)}`,
    style: `sha256-${createHash('sha256').update(style).digest('base64')}`,
  }
}

/** What to do about the codes themselves: printing changes none of their states. */
function rangeNotes({ id, first, last, ended }: NonNullable<SheetParts['range']>, m: Messages['labels']): Html {
  const body = JSON.stringify({ state: 'printed', range: id, first, last, only: ['issued'] })
  const shown = ended.slice(0, NAMED)
  return html`${ended.length > 0 && html`<p class="note"><b>${m.ended(ended.length, shown, ended.length > NAMED)}</b></p>`}
<p>${m.printed(first, last)}</p><pre>POST ${setCodeStates.path}
${body}</pre>`
}

function labelOf({ svg, text }: PrintedLabel, { spec, locale, layout, paper }: SheetParts): Html {
  // Linear carriers bear their text themselves (GS1 General Specifications §4.14).
  const withCode = spec.kind === 'matrix'
  const { step, nameLines } = settingOf(text, layout.text, paper.text, withCode)
  const code = withCode && html`<p class="code">${text.code.map(part => html`<span>${part}</span>`)}</p>`
  const name = text.name !== '' && html`<p class="name n${nameLines}">${text.name}</p>`
  return html`<div class="label"><div class="text t${step}">${name}${text.lines.map(
    line => html`<p class="line"><span>${line.title}</span> <b>${line.value}</b></p>`,
  )}${code}</div><div class="carrier" role="img" aria-label="${spec.title[locale]} ${text.code.join('')}">${constant(svg)}</div></div>`
}

/** Everything in millimetres: what a browser prints at 100 % has the size that is said here. */
function styleOf({ paper, layout, shift }: SheetParts): string {
  const { page, label, margin, gap, columns, rows, padding, text } = paper
  const row = layout.direction === 'row'
  const mm = (n: number) => `${Math.round(n * 1_000) / 1_000}mm`
  return `@page{size:${mm(page.width)} ${mm(page.height)};margin:0}
*{box-sizing:border-box;margin:0;padding:0}
html{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{color:#000;background:#fff;font-family:"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif}
.page{width:${mm(page.width)};height:${mm(page.height)};overflow:hidden;break-after:page;break-inside:avoid;background:#fff;display:grid;grid-template-columns:repeat(${columns},${mm(label.width)});grid-template-rows:repeat(${rows},${mm(label.height)});gap:${mm(gap.y)} ${mm(gap.x)};padding:${mm(margin.top)} 0 0 ${mm(margin.left)}}
.page:last-child{break-after:auto}
.label{position:relative;left:${mm(shift.x)};top:${mm(shift.y)};width:${mm(label.width)};height:${mm(label.height)};padding:${mm(padding)};overflow:hidden;display:flex;flex-direction:${layout.direction};gap:${mm(layout.gap)};${row ? 'align-items:center' : 'justify-content:space-between'}}
.text{flex:1 1 0;min-width:0;min-height:0;max-height:100%;overflow:hidden;display:flex;flex-direction:column;line-height:1.3;overflow-wrap:anywhere}
${SCALES.map((scale, i) => `.t${i}{font-size:${mm(Math.max(SMALLEST, text * scale))}}.t${i} .code{font-size:${mm(codeSize(text * scale))}}`).join('\n')}
.name{flex:none;overflow:hidden;font-weight:700;font-size:1.18em;line-height:1.25;display:-webkit-box;-webkit-box-orient:vertical}
.n1{-webkit-line-clamp:1}.n2{-webkit-line-clamp:2}.n3{-webkit-line-clamp:3}.n4{-webkit-line-clamp:4}
.line{flex:none}
.line span{font-size:.86em}
.line b{font-weight:400;display:inline-block;max-width:100%}
.code{flex:none;margin-top:.25em;line-height:1.2;font-family:ui-monospace,"Noto Sans Mono","DejaVu Sans Mono",Consolas,monospace;word-break:break-all}
.code span{display:inline-block;max-width:100%}
.carrier{flex:none;${row ? 'order:-1' : `align-self:center;margin:0 ${mm(-layout.bleed)}`};line-height:0}
.carrier svg{display:block}
header{display:none}
@media screen{body{background:#e9edf0}
header{display:block;padding:16px 24px;font-size:15px;line-height:1.7;background:#fff;border-bottom:1px solid #d8dfe3}
header h1{font-size:20px}header pre{font:13px/1.6 ui-monospace,Consolas,monospace;padding:8px 12px;background:#eef2f4;white-space:pre-wrap;overflow-wrap:anywhere}.note{color:#7d4300}header a{color:#0b5f6b}
main{padding:16px;overflow-x:auto}.page{margin:0 auto 16px;box-shadow:0 0 0 1px #c3ced5}
.label{outline:1px dashed #d8dfe3;outline-offset:-.5px}}`
}
