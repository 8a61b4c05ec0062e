import { t } from '@yuanliu/core'
import { html } from './html.ts'
import { codeForm, type Look, page } from './layout.ts'

/** The first page: asks for a code. */
export function homePage(look: Look): string {
  const m = t(look.locale)
  return page(look, {
    title: m.home.title,
    scripts: ['scan'],
    main: html`<section class="f"><h1 class="n">${m.home.title}</h1><p>${m.home.lead}</p>${codeForm(look, m)}
<div id="camera" hidden data-failed="${m.home.cameraFailed}"><p>${m.home.scanning}</p><video playsinline muted></video><button class="b" type="button">${m.home.stop}</button></div></section>
<section><h2>${m.home.how}</h2><ul>${m.home.howList.map(line => html`<li>${line}</li>`)}</ul></section>
<p class="s">${m.home.privacy}</p>`,
  })
}
