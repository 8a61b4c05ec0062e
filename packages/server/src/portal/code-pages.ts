import { type PublicPlatform, type PublicTrace, type Reading, t } from '@yuanliu/core'
import { html, type Slot } from '../lib/html.ts'
import { pathOfKey, type WebLink } from '../resolve/resolve.ts'
import { band, codeForm, type Look, linkTo, page } from './layout.ts'
import type { PublicFields } from './public-fields.ts'
import { askableCode, shortCode, unitName } from './words.ts'

type Fault = Extract<Reading, { ok: false }>
type Fitting = Extract<Reading, { ok: true }>

/** 400: where the fault is, and what a check digit is. */
export function malformedPage(look: Look, given: string, faults: readonly Fault[]): string {
  const m = t(look.locale)
  const [first] = faults
  const checksum = faults.some(fault => fault.reason === 'checksum')
  return page(look, {
    title: m.verdict.malformed.title,
    main: html`${band('warn', m.verdict.malformed.title, [m.verdict.malformed.text, m.verdict.malformed.action])}
<section><p class="s">${m.malformed.given}</p><p class="n"><code>${first ? marked(given, first.at) : given.slice(0, 200)}</code></p>
${first ? html`<p>${m.malformed.fault(first.at + 1)}</p><ul>${distinct(faults.map(f => f.message[look.locale])).map(text => html`<li>${text}</li>`)}</ul>` : html`<p>${m.malformed.unreadable}</p>`}
${codeForm(look, m, given.slice(0, 200))}</section>
${checksum && html`<section><h2>${m.malformed.checkTitle}</h2><p>${m.malformed.checkText}</p></section>`}`,
  })
}

/** The text around the fault, with the faulty character marked. */
function marked(given: string, at: number): Slot {
  const from = Math.max(0, at - 60)
  const bad = given.slice(at, at + 1)
  return html`${from > 0 && '…'}${given.slice(from, at)}<mark>${bad === '' ? '␣' : bad}</mark>${given.slice(at + 1, at + 60)}`
}

const distinct = (texts: readonly string[]) => [...new Set(texts)]

/** 300: several kinds of code have this form. Those with records here come first. */
export function choicePage(
  look: Look,
  given: string,
  readings: readonly Fitting[],
  known: ReadonlySet<string>,
  titleOf: (scheme: string) => { zh: string; en: string },
): string {
  const m = t(look.locale)
  const sorted = [...readings].sort((a, b) => Number(known.has(b.key)) - Number(known.has(a.key)))
  return page(look, {
    title: m.verdict.ambiguous.title,
    main: html`${band('grey', m.verdict.ambiguous.title, [m.verdict.ambiguous.text, m.verdict.ambiguous.action])}
<section><p class="s">${m.malformed.given}</p><p class="n"><code>${given.slice(0, 200)}</code></p><ul class="x">${sorted.map(
      reading => html`<li><a class="b" href="${linkTo(look, pathOfKey(reading.key))}">${m.ambiguous.as(titleOf(reading.scheme)[look.locale])}</a>
<span class="s">${shortCode(reading.canonical)} · ${m.levels[reading.level]}</span>${known.has(reading.key) && html`<span class="t">${m.ambiguous.known}</span>`}</li>`,
    )}</ul></section>`,
  })
}

/** Levels of codes that stand for no goods. */
const NO_PRODUCTS = new Set<string>(['party', 'place', 'document'])

/** 404: nothing is recorded here, which says nothing about the product. */
export function unknownPage(look: Look, trace: PublicTrace, fields: PublicFields): string {
  const m = t(look.locale)
  const [unit] = trace.units
  const { complaints } = fields
  const { title, text, action } = m.verdict.unknown
  // advice about packages and receipts is no use to who looked up a company, a place or a certificate
  const isProduct = !NO_PRODUCTS.has(trace.level)
  const told = isProduct
    ? [text, action]
    : [m.unknown.noProduct.text(m.levels[trace.level]), m.unknown.noProduct.action]
  return page(look, {
    title,
    main: html`${band('grey', title, told)}
<section><p class="s">${m.facts.code}</p><p class="n"><code>${shortCode(trace.code)}</code></p>${unit?.product && html`<p>${unitName(unit, look.locale, m)}</p>`}
${
  isProduct &&
  html`<h2>${m.unknown.todo}</h2><ul>${m.unknown.list.map(line => html`<li>${line}</li>`)}</ul>
<p><a class="b" href="tel:${complaints.phone}">${m.actions.complain(complaints.phone)}</a></p>`
}</section>
<section>${codeForm(look, m, askableCode(trace.code))}</section>`,
  })
}

/** 200: another platform holds codes like this one; where it is and how to ask it. */
export function elsewherePage(look: Look, trace: PublicTrace, platform: PublicPlatform): string {
  const m = t(look.locale)
  const { title, text, action } = m.verdict.elsewhere
  const state = m.elsewhere.states[platform.state]
  return page(look, {
    title,
    main: html`${band('grey', title, [text, state !== '' && html`<b>${state}</b>`, action])}
<section><p class="s">${m.facts.code}</p><p class="n"><code>${shortCode(trace.code)}</code></p>
<p><a class="b p" href="${platform.address}" rel="noopener nofollow">${m.elsewhere.at(platform.name[look.locale])}</a></p>
<p class="s"><a href="${platform.home}" rel="noopener nofollow">${m.elsewhere.home}</a> · ${hostOf(platform.address)}</p></section>
<section>${codeForm(look, m, askableCode(trace.code))}</section>`,
  })
}

/** 300: several links of the type asked for fit. */
export function linksPage(look: Look, trace: PublicTrace, links: readonly WebLink[]): string {
  const m = t(look.locale)
  return page(look, {
    title: m.links.several,
    main: html`${band('grey', m.links.several, [m.links.severalText])}
<section><p class="s">${m.facts.code}</p><p class="n"><code>${shortCode(trace.code)}</code></p><ul class="x">${links.map(
      link => html`<li><a href="${link.href}" rel="noopener nofollow">${link.title}</a>
<span class="s">${[hostOf(link.href), ...(link.hreflang ?? []), link.type].filter(Boolean).join(' · ')}</span></li>`,
    )}</ul></section>`,
  })
}

/** Host of an address, so that people see where a link leads. */
export function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : ''
}
