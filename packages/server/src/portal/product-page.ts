import { inLocale, type PublicTrace, t, type VerdictKind } from '@yuanliu/core'
import { type Html, html, type Slot } from '../lib/html.ts'
import { hostOf } from './code-pages.ts'
import { journey, type Telling } from './journey.ts'
import { band, basePath, codeForm, type Look, linkTo, page, type Tone } from './layout.ts'
import type { PublicFields } from './public-fields.ts'
import { qrSvg } from './qr.ts'
import { askableCode, dateText, factText, partyName, shortCode, specText, unitDetail, unitName } from './words.ts'

const TONES: Record<VerdictKind, Tone> = {
  recalled: 'bad',
  held: 'warn',
  void: 'bad',
  unissued: 'bad',
  retired: 'bad',
  used: 'warn',
  expired: 'warn',
  inactive: 'grey',
  normal: 'ok',
  product: 'grey',
  described: 'grey',
  elsewhere: 'grey',
  unknown: 'grey',
}

export interface ProductPage {
  trace: PublicTrace
  fields: PublicFields
  /** records stand in a signed log, where anybody can check them */
  logged: boolean
}

/** The page of a unit, in the order that readers expect: verdict, what it is, how it came here, what is proven. */
export function productPage(look: Look, { trace, fields, logged }: ProductPage): string {
  const telling: Telling = { trace, fields, locale: look.locale, m: t(look.locale) }
  const [unit] = trace.units
  const title = unit ? unitName(unit, look.locale, telling.m) : shortCode(trace.code)
  const main = html`${verdict(telling)}${scans(look, telling)}${facts(telling)}
${trace.verdict.kind === 'product' || trace.verdict.kind === 'unknown' ? html`<section>${codeForm(look, telling.m, askableCode(trace.code))}</section>` : journey(telling)}
${documents(telling)}${notes(telling)}${numbers(telling)}${company(telling)}${links(telling)}${actions(telling)}${coverage(look, telling, logged)}
<p class="np"><a class="b" href="${linkTo(look, '/')}">${telling.m.site.home}</a></p>`
  return page(look, {
    title,
    main,
    head: html`<link rel="canonical" href="${trace.page}"><link rel="alternate" type="application/json" href="${jsonLink(look)}">`,
    scripts: ['page'],
  })
}

function jsonLink(look: Look): string {
  return `${linkTo({ ...look, chosen: false, large: false }, look.path)}?format=json`
}

/** Blocks 1 and 2. */
function verdict({ trace, m, locale, fields }: Telling): Html {
  const words = m.verdict[trace.verdict.kind]
  const since = trace.verdict.since && ` (${dateText(trace.verdict.since, fields)})`
  const { gaps } = trace.coverage
  return band(
    TONES[trace.verdict.kind],
    words.title,
    [
      html`${words.text}${trace.verdict.kind === 'expired' ? null : since}`,
      trace.insteadOf !== null && html`<b>${insteadOf(trace, trace.insteadOf, m)}</b>`,
      trace.verdict.kind === 'normal' && gaps > 0 && html`<b>${m.coverage.gaps(gaps)}</b>`,
      html`<b>${locale === 'zh' ? '建议：' : 'What to do: '}</b>${words.action}`,
    ].filter(Boolean),
  )
}

/** Whose page this is, where nothing is known of the code asked for. */
function insteadOf(trace: PublicTrace, asked: string, m: Telling['m']): string {
  const lot = trace.level === 'lot' ? trace.units[0]?.lot : null
  return lot ? m.unknown.lot(lot) : m.unknown.product(shortCode(asked))
}

/**
 * How often an item was verified. The page itself is the same for everybody and kept; its script asks for the count
 * and counts itself. Without scripts, the button does.
 */
function scans(look: Look, { trace, m }: Telling): Slot {
  if (trace.level !== 'item' && !trace.codeState) return null
  if (trace.codeState?.state === 'unissued') return null
  const address = `${basePath(look.publicUrl)}/scan?${new URLSearchParams({ code: trace.code, lang: look.locale })}`
  return html`<section class="np"><h2>${m.scans.title}</h2><form action="${address}" method="post" id="scans"><p role="status" hidden></p>
<button class="b">${m.scans.ask}</button><label hidden>${m.scans.where}<select><option value="">${m.scans.nowhere}</option></select></label></form>
<p class="s">${m.scans.privacy}</p></section>`
}

/** Block 3: name, specification, lot or serial number, made, expiry. */
function facts({ trace, m, locale, fields }: Telling): Html {
  const [unit] = trace.units
  if (!unit) return html``
  const { product } = unit
  const rows: [string, string | null | undefined][] = [
    [m.facts.kind, inLocale(product?.kind, locale)],
    [m.facts.spec, product?.spec && specText(product.spec, locale, fields)],
    [m.facts.lot, unit.lot],
    [m.facts.serial, unit.serial],
    ...unit.facts
      .filter(fact => fact.block !== 'use')
      .map((fact): [string, string] => [fact.title[locale], factText(fact, locale)]),
    [m.facts.maker, product?.maker && partyName(product.maker, locale)],
    [m.facts.code, shortCode(trace.code)],
    [m.journey.contents, contents(trace, locale, m)],
  ]
  return html`<section aria-labelledby="facts"><h2 id="facts" class="s">${m.facts.title}</h2><p class="n">${unitName(unit, locale, m)}</p>
<dl>${rows.map(([title, value]) => value && html`<dt>${title}</dt><dd>${value}</dd>`)}</dl></section>`
}

/** The goods inside a box or pallet, each product and lot once. */
function contents(trace: PublicTrace, locale: Telling['locale'], m: Telling['m']): string {
  const goods = trace.units.filter(unit => unit.reachedAs === 'content' && unit.product)
  const names = goods.map(unit => `${unitName(unit, locale, m)} ${unit.lot ? m.journey.lot(unit.lot) : ''}`.trim())
  return [...new Set(names)].slice(0, 10).join(locale === 'zh' ? '；' : '; ')
}

/** Block 6. */
function documents({ trace, fields, locale, m }: Telling): Slot {
  if (!trace.steps.length) return null
  return html`<section><h2>${m.facts.tests}</h2>${
    trace.documents.length
      ? html`<ul class="x">${trace.documents.slice(0, 20).map(
          d => html`<li>${fields.titles.documents[d.kind]?.[locale] ?? m.facts.certificate} ${d.link ? html`<a href="${d.link}" rel="noopener nofollow">${d.code}</a>` : html`<code>${shortCode(d.code)}</code>`}
<br><span class="s">${m.facts.shownAt(d.by)} · ${dateText(d.time, fields)}</span></li>`,
        )}</ul>`
      : html`<p>${m.facts.none}</p>`
  }</section>`
}

/** Block 7: only where the product's description says something. */
function notes({ trace, fields, locale, m }: Telling): Slot {
  const [unit] = trace.units
  const described = (unit?.product?.notes ?? []).map((note): [string, string | null] => [
    fields.labels[note.id]?.[locale] ?? note.id,
    inLocale(note.text, locale),
  ])
  const own = (unit?.facts ?? [])
    .filter(fact => fact.block === 'use')
    .map((fact): [string, string] => [fact.title[locale], factText(fact, locale)])
  const rows = [...described, ...own]
  return (
    rows.length > 0 &&
    html`<section><h2>${m.facts.about}</h2><dl>${rows.map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>`)}</dl></section>`
  )
}

/** Former and other numbers of the product. */
function numbers({ trace, locale, m }: Telling): Slot {
  const said = trace.formerly.map(alias => {
    const since = alias.since && ` (${m.numbers.since(alias.since)})`
    const number = alias.former ? m.numbers.formerly(alias.number) : `${alias.title[locale]} ${alias.number}`
    return html`<li>${number}${since}</li>`
  })
  return said.length > 0 && html`<section><h2>${m.numbers.title}</h2><ul>${said}</ul></section>`
}

/** Links that organisations registered; where each leads is shown. */
function links({ trace, m }: Telling): Slot {
  if (trace.links.length === 0) return null
  return html`<section><h2>${m.links.title}</h2><ul class="x">${trace.links.slice(0, 30).map(
    link => html`<li><a href="${link.href}" rel="noopener nofollow">${link.title}</a>
<span class="s">${hostOf(link.href)} · ${m.links.by(link.by)}</span></li>`,
  )}</ul><p class="s">${m.links.note}</p></section>`
}

/** Block 8. */
function company({ trace, locale, m }: Telling): Slot {
  const maker = trace.units[0]?.product?.maker
  if (!maker)
    return trace.steps.length > 0 && html`<section><h2>${m.company.title}</h2><p>${m.company.none}</p></section>`
  const rows: [string, Slot][] = [
    [m.company.area, inLocale(maker.area, locale)],
    [m.company.licence, maker.licence],
    [m.company.phone, maker.phone && phone(maker.phone)],
  ]
  return html`<section><h2>${m.company.title}</h2><p><b>${partyName(maker, locale)}</b></p><dl>${rows.map(
    ([title, value]) => value && html`<dt>${title}</dt><dd>${value}</dd>`,
  )}</dl></section>`
}

/** Something that can be dialled as a link, anything else as it stands. */
function phone(text: string): Html {
  return /^\+?[\d ()-]{5,20}$/.test(text)
    ? html`<a href="tel:${text.replace(/[^\d+]/g, '')}">${text}</a>`
    : html`${text}`
}

/** Block 9. */
function actions({ trace, fields, locale, m }: Telling): Html {
  const { complaints } = fields
  const [unit] = trace.units
  return html`<section><h2>${m.actions.title}</h2>
<p><a class="b p" href="tel:${complaints.phone}">${m.actions.complain(complaints.phone)}</a></p>
<p class="s">${complaints.title[locale]} · ${m.actions.complainText}</p><p><code>${shortCode(trace.code)}</code>${unit && !unit.serial && unit.lot ? null : unit && ` ${unitDetail(unit, m)}`}</p>
<div class="np"><button class="b" type="button" hidden data-do="share" data-url="${trace.page}">${m.actions.share}</button><button class="b" type="button" hidden data-do="print">${m.actions.print}</button><button class="b" type="button" hidden data-do="read">${m.actions.read}</button></div>
<div class="q">${qrSvg(trace.page, m.actions.qr)}<div><b>${m.actions.qr}</b><p class="s">${m.actions.qrText}<br>${trace.page}</p></div></div></section>`
}

/** Block 10: what is and is not proven. */
function coverage(look: Look, { trace, fields, m }: Telling, logged: boolean): Html {
  const { coverage: c } = trace
  const check =
    logged &&
    c.steps > 0 &&
    linkTo(look, `/check${new URL(trace.page).pathname.slice(basePath(look.publicUrl).length)}`)
  return html`<section><h2>${m.coverage.title}</h2><ul>
${c.steps > 0 && html`<li>${m.coverage.steps(c.steps, c.organisations)}</li>${(c.gaps > 0 || !c.cut) && html`<li>${m.coverage.gaps(c.gaps)}</li>`}`}
${c.disputed > 0 && html`<li>${m.coverage.disputed(c.disputed)}</li>`}${c.disagreeing > c.disputed && html`<li>${m.coverage.disagreeing(c.disagreeing)}</li>`}${c.cut && html`<li>${m.coverage.cut}</li>`}
${c.latest && html`<li>${m.coverage.latest(dateText(c.latest, fields))}</li>`}
<li>${m.coverage.reported}</li><li>${c.signed > 0 ? m.coverage.signed(c.signed, c.steps) : m.coverage.unsigned}</li><li>${m.coverage.unit}</li><li>${m.coverage.privacy}</li></ul>
${check && html`<p>${m.check.linkText}</p>`}<p class="np">${check && html`<a class="b p" href="${check}">${m.check.link}</a>`}<a class="b" href="${jsonLink(look)}">${m.coverage.raw}</a></p></section>`
}
