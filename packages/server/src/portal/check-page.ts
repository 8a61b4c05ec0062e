import { type ProofBundle, parseCheckpoint, parseNote, parsePolicy, textOf } from '@yuanliu/core'
import { type Html, html } from '../lib/html.ts'
import { CURVES } from './assets.ts'
import { stepTitle, type Telling } from './journey.ts'
import { band, basePath, type Look, page, type Tone } from './layout.ts'
import { offsetMinutes, shortCode, timeText } from './words.ts'

/** What a check page tells of. */
export interface Checked {
  bundle: ProofBundle
  /** of the product */
  name: string
  /** address of its page */
  back: string
}

/** Steps listed with their entries; the rest is in the bundle. */
const LISTED = 100
/** So many of them are not folded away. */
const OPEN = 6

/** How each end of a check looks. The script shows one of them; without it the first stays. */
const STATES = [
  ['pending', 'grey'],
  ['ok', 'ok'],
  ['partly', 'warn'],
  ['bad', 'bad'],
  ['fork', 'bad'],
  ['failed', 'warn'],
] as const satisfies [string, Tone][]

/** The page that verifies the records of a product page in the browser, and says how to do so without this platform. */
export function checkPage(look: Look, telling: Telling, checked: Checked): string {
  const { m, trace } = telling
  const { bundle, name, back } = checked
  const words = m.check
  const address = `${basePath(look.publicUrl)}/api/log/bundle?${new URLSearchParams({ code: trace.code })}`
  const main = html`<div id="check" data-bundle="${address}" data-curves="${basePath(look.publicUrl)}${CURVES?.path}" data-words="${JSON.stringify(templates(telling))}">
<div role="status">${STATES.map(([state, tone]) => verdict(state, tone, telling))}</div>
<section id="evidence" role="alert" hidden><h2>${words.before}</h2><pre data-note="before"></pre><h2>${words.now}</h2><pre data-note="now"></pre></section>
<section><h2>${words.proves}</h2><ul>${words.provesList.map(text => html`<li>${text}</li>`)}</ul></section>
<section><h2>${words.provesNot}</h2><ul>${words.provesNotList.map(text => html`<li>${text}</li>`)}</ul></section>
${checkpoint(telling, bundle)}
<section><h2>${words.independent}</h2><p>${words.independentText}</p>
<p class="np"><a class="b" href="${address}" download="proof-bundle.json">${words.download}</a><a class="b" href="${back}">${words.back}</a></p></section>
${records(telling, bundle)}</div>`
  const head = html`<meta name="robots" content="noindex">`
  return page(look, { title: words.of(name), main, head, scripts: ['page', 'check'] })
}

function verdict(state: (typeof STATES)[number][0], tone: Tone, { m, trace }: Telling): Html {
  const { title, text } = m.check[state]
  const lines = [text, state === 'pending' && html`<code>${shortCode(trace.code)}</code>`]
  return html`<div data-state="${state}"${state !== 'pending' && html` hidden`}>${band(tone, title, lines.filter(Boolean), `verdict-${state}`)}<p class="s" data-why></p></div>`
}

/** What the script says, with places for what it finds. */
function templates({ m }: Telling) {
  const { states, memories, why, witnessed, nobody } = m.check
  const [size, time, name] = ['{size}', '{time}', '{name}']
  return {
    why,
    states,
    nobody,
    witnessed: witnessed(name, time),
    memories: {
      first: memories.first,
      same: memories.same(size, time),
      grown: memories.grown(size, time),
      older: memories.older(size, time),
      fork: memories.fork(size, time),
      key: memories.key(time),
    },
  }
}

function checkpoint({ m, locale, fields }: Telling, bundle: ProofBundle): Html {
  const words = m.check
  const { origin, size, root } = parseCheckpoint(textOf(parseNote(Buffer.from(bundle.checkpoint)).text))
  const keys = parsePolicy(bundle.policy).logs.length
  const shown = timeText(bundle.shownSince, offsetMinutes(fields.dayEndsAt), fields)
  const key = /^log (\S+)/m.exec(bundle.policy)?.[1] ?? ''
  return html`<section><h2>${words.checkpoint}</h2><dl><dt>${words.origin}</dt><dd data-of="origin">${origin}</dd>
<dt>${words.size}</dt><dd data-of="size">${size.toLocaleString(locale)}</dd><dt>${words.root}</dt><dd><code data-of="root">${Buffer.from(root).toString('base64')}</code></dd>
<dt>${words.suite}</dt><dd>${bundle.suite}</dd><dt>${words.key}</dt><dd><code>${key}</code>${keys > 1 && ` (+${keys - 1})`}<br><span class="s">${words.keyText}</span></dd>
<dt>${words.shown}</dt><dd>${words.shownText(shown)}</dd><dt>${words.witnesses}</dt><dd data-of="witnesses">${words.nobody}</dd>
<dt>${words.memory}</dt><dd data-of="memory">${words.memories.none}</dd></dl></section>`
}

function records(telling: Telling, { records, unlogged }: ProofBundle): Html {
  const { trace, fields, m } = telling
  const words = m.check
  const indexes = new Map(records.map(record => [record.step, record.index]))
  const items = trace.steps.slice(0, LISTED).map((step, i) => {
    const index = indexes.get(i)
    const state = index === undefined ? words.states.unlogged : words.states.waiting
    return html`<li data-step="${i}"><h3>${stepTitle(telling, step)}<span class="t">${state}</span></h3><time datetime="${step.time}">${timeText(step.time, step.zone, fields)}</time>
<span class="s">${index !== undefined && words.entry(String(index))}</span></li>`
  })
  const rest = items.slice(OPEN)
  return html`<section><h2>${words.records}</h2><ol class="j">${items.slice(0, OPEN)}</ol>
${rest.length > 0 && html`<details><summary>${words.more(rest.length)}</summary><ol class="j" start="${OPEN + 1}">${rest}</ol></details>`}
${(trace.steps.length > LISTED || unlogged.length > LISTED) && html`<p class="s">${words.list(trace.steps.length)}</p>`}</section>`
}
