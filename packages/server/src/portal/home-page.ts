import { t } from '@yuanliu/core'
import { html } from '../lib/html.ts'
import type { Example } from './examples.ts'
import { codeForm, type Look, linkTo, page } from './layout.ts'

/** The first page: asks for a code; a demonstration offers some. */
export function homePage(look: Look, examples: readonly Example[] = []): string {
  const m = t(look.locale)
  return page(look, {
    title: m.home.title,
    scripts: ['scan'],
    main: html`<section class="f"><h1 class="n">${m.home.title}</h1><p>${m.home.lead}</p>${codeForm(look, m)}
<div id="camera" hidden data-failed="${m.home.cameraFailed}"><p>${m.home.scanning}</p><video playsinline muted></video><button class="b" type="button">${m.home.stop}</button></div></section>
<section><h2>${m.home.how}</h2><ul>${m.home.howList.map(line => html`<li>${line}</li>`)}</ul></section>
${
  examples.length > 0 &&
  html`<section><h2>${m.home.examples}</h2><ul class="x">${examples.map(e => html`<li><a href="${linkTo(look, e.code)}">${e.title[look.locale]}</a><small>${e.shows[look.locale]}</small></li>`)}</ul></section>`
}
<p class="s">${m.home.privacy}</p>`,
  })
}
