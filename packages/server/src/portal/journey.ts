import { inLocale, type Locale, type Messages, type PublicStep, type PublicTrace } from '@yuanliu/core'
import { type Html, html, type Slot } from '../lib/html.ts'
import type { PublicFields } from './public-fields.ts'
import { signedBy, signersKey } from './signed-by.ts'
import { dateText, factText, partyName, timeText, unitDetail, unitName } from './words.ts'

/** More entries than this are left to the raw data: a page must open on a slow phone. */
const SHOWN = 80

/** Of each story so many are open; the older ones are folded where that saves more than it costs. */
const OPEN = 8
const WORTH_FOLDING = 6

export interface Telling {
  trace: PublicTrace
  fields: PublicFields
  locale: Locale
  m: Messages
}

/** Steps told as one: the same thing done by the same people on one day, newest first. */
interface Entry {
  numbers: number[]
  step: PublicStep
  /** the oldest of them */
  first: PublicStep
}

/** Block 5: the way of the unit, newest first, then of everything it was made from, nearest first. */
export function journey(telling: Telling): Slot {
  const { trace, m } = telling
  const stories = trace.units
    .map((unit, i) => ({ unit, i, steps: [...trace.steps.entries()].filter(([, step]) => step.of.includes(i)) }))
    .filter(story => story.i === 0 || story.steps.length > 0)
    .sort((a, b) => Number(b.i === 0) - Number(a.i === 0) || a.unit.depth - b.unit.depth)
  const told = new Set<number>()
  let shown = 0
  const sections: Slot[] = []
  for (const { unit, i, steps } of stories) {
    // a step that concerns several is told once, in the story nearest to the unit
    const fresh = steps.filter(([n]) => !told.has(n))
    const entries = entriesOf(telling, fresh).slice(0, Math.max(0, SHOWN - shown))
    const loose = trace.gaps.filter(gap => gap.step === null && gap.unit === i)
    for (const entry of entries) for (const n of entry.numbers) told.add(n)
    shown += entries.length
    if (i !== 0 && !entries.length) continue
    const order = entries.length > 1 ? m.journey.newest : ''
    const about = i === 0 ? order : [unitDetail(unit, m), madeFacts(telling, i)].filter(Boolean).join(' · ')
    const name = unitName(unit, telling.locale, m)
    const heading = unit.reachedAs === 'content' ? m.journey.holds(name) : m.journey.of(name)
    const title = i === 0 ? m.journey.title : heading
    sections.push(html`<section id="u${i}"><h2>${title}</h2>${about !== '' && html`<p class="s">${about}</p>`}
${entries.length || loose.length ? storyList(telling, entries, loose) : html`<p>${m.journey.none}</p>`}</section>`)
  }
  const more = trace.steps.length - told.size
  if (more > 0) sections.push(html`<p class="s">${m.journey.more(more)}</p>`)
  return sections
}

function storyList(telling: Telling, entries: readonly Entry[], loose: PublicTrace['gaps']): Slot {
  const { trace, m } = telling
  const open = entries.length - OPEN < WORTH_FOLDING ? entries.length : OPEN
  const items = (some: readonly Entry[]) => some.map(entry => stepItem(telling, entry))
  const older = entries.slice(open)
  const missing = trace.gaps.filter(gap => older.some(({ numbers }) => numbers[0] === gap.step)).length
  const end = loose.map(gap => gapItem(telling, gap))
  if (older.length === 0) return html`<ol class="j">${items(entries)}${end}</ol>`
  return html`<ol class="j">${items(entries.slice(0, open))}${end}</ol>
<details><summary>${m.journey.earlier(older.length, missing)}</summary><ol class="j" start="${open + 1}">${items(older)}</ol></details>`
}

/** Sixty cartons packed on one day are one entry. What has a gap, a dispute or inputs stands alone. */
function entriesOf(telling: Telling, steps: readonly [number, PublicStep][]): Entry[] {
  const { trace, fields } = telling
  const entries = new Map<string, Entry>()
  for (const [n, step] of steps) {
    const alone = step.attested === 'disagrees' || step.madeFrom.length > 0 || trace.gaps.some(gap => gap.step === n)
    // what a shop sells of a lot over the days is one story; how much on which day is its own business
    const isSale = step.step !== null && fields.noReceiver.has(step.step)
    const day = isSale ? '' : timeText(step.time, step.zone, fields).slice(0, 10)
    const what = [step.type, step.action, step.step, step.disposition, step.reporter, signersKey(step)]
    const where = [step.place?.code, step.from?.code, step.to?.code]
    const key = alone ? String(n) : JSON.stringify([day, ...what, ...where])
    const entry = entries.get(key)
    if (!entry) entries.set(key, { numbers: [n], step, first: step })
    else {
      entry.numbers.push(n)
      entry.first = step
    }
  }
  return [...entries.values()]
}

function madeFacts({ trace, locale }: Telling, i: number): string {
  const facts = trace.units[i]?.facts ?? []
  return facts.map(fact => `${fact.title[locale]} ${factText(fact, locale)}`).join(' · ')
}

function stepItem(telling: Telling, { numbers, step, first }: Entry): Html {
  const { trace, fields, locale, m } = telling
  const place = partyName(step.place, locale)
  const area = inLocale(step.place?.area, locale)
  const from = partyName(step.from, locale)
  const to = partyName(step.to, locale)
  const state = step.disposition && fields.titles.dispositions[step.disposition]?.[locale]
  const several = numbers.length > 1
  // in a list that runs backwards in time, what should have followed stands before, what should have come first after
  const gaps = trace.gaps.filter(gap => gap.step === numbers[0])
  const after = gaps.filter(gap => gap.kind === 'no-receipt')
  const before = gaps.filter(gap => gap.kind !== 'no-receipt')
  const at = (s: PublicStep) => timeText(s.time, s.zone, fields)
  return html`${after.map(gap => gapItem(telling, gap))}<li><h3>${stepTitle(telling, step)}${state && html`<span class="t">${state}</span>`}${
    !several && step.percent && html`<span class="t">${m.journey.share(step.percent)}</span>`
  }</h3>
<time datetime="${first.time}">${several ? `${span(at(first), at(step))} · ${m.journey.times(numbers.length)}` : at(step)}</time>
${place && html`<div>${place}${area && area !== place && ` (${area})`}</div>`}
${from && from !== place && html`<div>${m.journey.from} ${from}</div>`}${to && to !== place && html`<div>${m.journey.to} ${to}</div>`}
${carriers(telling, step)}${madeFrom(telling, step)}${step.attested === 'disagrees' && html`<p class="m">${step.disputed ? m.journey.disputed : m.journey.disagrees}</p>`}
<span class="s">${m.journey.source(step.reporter, dateText(step.recorded, fields))}${trace.coverage.signed > 0 && html`<br>${signedBy(step, locale, m)}`}</span></li>${before.map(gap => gapItem(telling, gap))}`
}

/** From one time to another; the hour matters within a day only. */
function span(first: string, last: string): string {
  const day = first.slice(0, 10)
  if (first === last) return first
  return last.startsWith(day) ? `${first}–${last.slice(11)}` : `${day} – ${last.slice(0, 10)}`
}

/** What the step is called: its business step, else what kind of event it is. */
export function stepTitle({ fields, locale, m }: Telling, step: PublicStep): string {
  const { steps, deeds } = fields.titles
  const deed = step.action ? `${step.type} ${step.action}` : step.type
  return (step.step && steps[step.step]?.[locale]) || deeds[deed]?.[locale] || m.journey.otherStep
}

function carriers({ trace, m }: Telling, step: PublicStep): Slot {
  const direct = step.units.some(ref => step.of.includes(ref.unit))
  const inside = step.units.some(ref => trace.units[ref.unit]?.reachedAs === 'carrier')
  return !direct && inside && html`<div class="s">${m.journey.inside(m.journey.container)}</div>`
}

function madeFrom({ trace, locale, m }: Telling, step: PublicStep): Slot {
  if (!step.madeFrom.length) return null
  const inputs = step.madeFrom.flatMap(i => {
    const unit = trace.units[i]
    return unit ? [{ i, unit, told: trace.steps.some(s => s.of.includes(i)) }] : []
  })
  return html`<div>${m.journey.madeFrom(inputs.length)}<ul>${inputs.map(({ i, unit, told }) => {
    const name = unitName(unit, locale, m)
    const detail = unitDetail(unit, m)
    return html`<li>${told ? html`<a href="#u${i}">${name}</a>` : name}${detail && html` <small>${detail}</small>`}</li>`
  })}</ul></div>`
}

function gapItem({ fields, locale, m }: Telling, gap: PublicTrace['gaps'][number]): Html {
  if (gap.dueBy) return html`<li class="g"><p class="s">${m.gap.pending(dateText(gap.dueBy, fields))}</p></li>`
  const who = partyName(gap.owedBy, locale)
  return html`<li class="g"><p class="m">${m.gap.kinds[gap.kind]}${locale === 'zh' ? '：' : ': '}${m.gap.missing}</p>${who && html`<span class="s">${m.gap.owed(who)}</span>`}</li>`
}
