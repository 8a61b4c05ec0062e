import { type Locale, type Messages, t } from '@yuanliu/core'
import { constant, type Html, html, markup, type Slot } from '../lib/html.ts'
import { ASSETS } from './assets.ts'
import { STYLE } from './style.ts'

/** How somebody looks at a page. What was chosen in the address stays in every link; nothing is kept in a cookie. */
export interface Look {
  locale: Locale
  large: boolean
  /** the language was chosen, not taken from the browser */
  chosen: boolean
  publicUrl: string
  demo: boolean
  /** path of this page with its leading slash, without query */
  path: string
}

/** Address of another page in the same look. Without host, so it works behind any proxy. */
export function linkTo(look: Look, path: string, change: { locale?: Locale; large?: boolean } = {}): string {
  const query = new URLSearchParams()
  const locale = change.locale ?? (look.chosen ? look.locale : null)
  if (locale) query.set('lang', locale)
  if (change.large ?? look.large) query.set('size', 'large')
  const text = query.toString()
  const address = basePath(look.publicUrl) + path
  return text ? `${address}?${text}` : address
}

/** Path under which the platform lives on its host, without trailing slash; mostly empty. */
export function basePath(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/$/, '')
}

/** A whole page. `head` goes into the head, e.g. links; `scripts` are names of files under /assets. */
export function page(
  look: Look,
  parts: { title: string; main: Html; head?: Slot; scripts?: readonly (keyof typeof ASSETS)[] },
): string {
  const m = t(look.locale)
  const base = basePath(look.publicUrl)
  return `<!doctype html>${markup(html`<html lang="${look.locale === 'zh' ? 'zh-CN' : 'en'}"${look.large && constant(' class="l"')}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${parts.title} · ${m.site.name}</title><link rel="icon" href="data:,">${parts.head}
<style>${constant(STYLE)}</style>
${(parts.scripts ?? []).map(name => ASSETS[name] && html`<script src="${base}${ASSETS[name].path}" defer></script>`)}</head>
<body><a class="k" href="#main">${m.site.skip}</a>
${strip(look, m)}
<main id="main" class="w">${parts.main}</main></body></html>`)}`
}

/** Block 0: whose page this is, and the two switches. */
function strip(look: Look, m: Messages): Html {
  const other = look.locale === 'zh' ? 'en' : 'zh'
  const here = (change: { locale?: Locale; large?: boolean }) => linkTo(look, look.path, change)
  return html`<header>${look.demo && html`<div class="demo"><b>${m.site.demo}</b> · ${m.site.demoText}</div>`}<div class="w"><b>${m.site.name}</b>
<a href="${here({ locale: other })}" hreflang="${other}" lang="${other}">${m.site.language}</a>
<a href="${here({ large: !look.large })}">${look.large ? m.site.standard : m.site.large}</a></div>
<div class="o"><details class="w"><summary>${m.site.strip} · ${m.site.about}</summary><p>${m.site.aboutText(`${look.publicUrl}/`)}</p></details></div></header>`
}

const ICONS = {
  ok: 'M14 24l7 7 14-15',
  warn: 'M24 13v14M24 33v.5',
  bad: 'M16 16l16 16M32 16L16 32',
  grey: 'M18 19a6 6 0 1 1 8 5.600q-2 1-2 3.400M24 33.500v.5',
} as const
export type Tone = keyof typeof ICONS

/** Verdict band: colour, icon and words say the same. */
export function band(tone: Tone, title: string, lines: readonly Slot[], id = 'verdict'): Html {
  return html`<section class="v ${tone}" aria-labelledby="${id}"><svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="21" stroke-width="3"/><path d="${ICONS[tone]}"/></svg>
<div><h1 id="${id}">${title}</h1>${lines.map(line => html`<p>${line}</p>`)}</div></section>`
}

/**
 * The form that asks for a code. A text of several lines, or one that may have been so (words before an address), is
 * given lines to stand in: a plain field would join them.
 */
export function codeForm(look: Look, m: Messages, value = ''): Html {
  const field = html`id="code" name="code" required maxlength="4096" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="hint"`
  const lines = /\S\s+\S/.test(value) && /[\r\n]|\s\S*:\/\//.test(value)
  return html`<form action="${basePath(look.publicUrl)}/t" method="get" id="ask">
<label for="code">${m.home.label}</label>${lines ? html`<textarea ${field} rows="4">\n${value}</textarea>` : html`<input ${field} value="${value}">`}
<p class="s" id="hint">${m.home.hint}</p>${look.chosen && html`<input type="hidden" name="lang" value="${look.locale}">`}${look.large && html`<input type="hidden" name="size" value="large">`}
<button class="b p">${m.home.submit}</button><button class="b" type="button" id="scan" hidden>${m.home.scan}</button></form>`
}
