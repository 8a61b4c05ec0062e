import { type ProblemKind, problems, t } from '@yuanliu/core'
import { html } from '../lib/html.ts'
import { band, codeForm, type Look, linkTo, page } from './layout.ts'

/** A page for people who meet an error on a public address. */
export function errorPage(look: Look, kind: ProblemKind, requestId: string): string {
  const m = t(look.locale)
  const { status } = problems[kind]
  const words = m.error[KNOWN[status] ?? 'other']
  return page(look, {
    title: words.title,
    main: html`${band(status >= 500 || status === 429 ? 'warn' : 'grey', words.title, [words.text, words.action])}
<section>${codeForm(look, m)}</section><p class="s">${m.error.number(requestId)}</p>
<p><a class="b" href="${linkTo(look, '/')}">${m.error.back}</a></p>`,
  })
}

const KNOWN: Record<number, 400 | 404 | 429 | 500 | 503> = {
  400: 400,
  404: 404,
  414: 400,
  429: 429,
  500: 500,
  503: 503,
}

/** What a problem document's `type` leads to. */
export function problemPage(look: Look, kind: ProblemKind): string {
  const m = t(look.locale)
  const problem = problems[kind]
  return page(look, {
    title: problem[look.locale],
    main: html`<section class="f"><p class="s">${m.problem.title} · <code>${kind}</code></p><h1 class="n">${problem[look.locale]}</h1>
<p>${m.problem.status(problem.status)}</p><p>${m.problem.text}</p></section><p><a class="b" href="${linkTo(look, '/')}">${m.error.back}</a></p>`,
  })
}
