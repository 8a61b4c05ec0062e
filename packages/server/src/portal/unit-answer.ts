import { type Codes, Problem, type PublicTrace, type VerdictKind } from '@yuanliu/core'
import {
  choose,
  type Failed,
  type Fitting,
  type Level,
  LINKSET_CONTEXT,
  linkHeader,
  linksetOf,
  linksetOfSome,
  locationOf,
  malformedCode,
  newConsulted,
  pageOf,
  type Resolve,
  type WebLink,
} from '../resolve/resolve.ts'
import { type Answer, type Rendered, redirect, render } from './answer.ts'
import { type Ask, askedOf, lookOf } from './ask.ts'
import type { Changes } from './changes.ts'
import { choicePage, elsewherePage, linksPage, malformedPage, unknownPage } from './code-pages.ts'
import { type Found, findUnit } from './find.ts'
import type { Look } from './layout.ts'
import { anchorsOf, completed, levelsWithLinks } from './levels.ts'
import type { Form } from './negotiate.ts'
import { productPage } from './product-page.ts'
import type { PublicFields } from './public-fields.ts'
import type { Ready, RestsOn } from './ready.ts'
import type { View, Views } from './views.ts'

export interface UnitAnswerParts {
  codes: Codes
  resolve: Resolve
  fields: PublicFields
  config: { publicUrl: string; demo: boolean }
  views: Views
  changes: Changes
  ready: Ready
  /** records stand in a signed log, where anybody can check them */
  logged: boolean
}

/** Verdicts of which a reader must hear: no link of an organisation takes him elsewhere instead. */
const ALARMS: readonly VerdictKind[] = ['recalled', 'held', 'void', 'unissued', 'retired', 'expired']
/** Forms in which all links are listed. */
const LISTS: readonly Form[] = ['linkset', 'links', 'ld']

/** The answer for a code: its page, its data, its links, or where they lead. */
export function createUnitAnswers(parts: UnitAnswerParts) {
  const { codes, resolve, fields, config, ready } = parts
  const { types } = resolve
  const made = new WeakMap<View, Map<string, Rendered>>()

  /** Remembers what a view was rendered to: there are as many variants as languages, sizes, forms and addresses. */
  function renderedOf(view: View, variant: string, make: () => Rendered): Rendered {
    const variants = made.get(view) ?? new Map<string, Rendered>()
    made.set(view, variants)
    const known = variants.get(variant)
    if (known) return known
    const rendered = make()
    if (variants.size > 50) variants.clear()
    variants.set(variant, rendered)
    return rendered
  }

  function htmlOf(status: number, look: Look, text: string, more: Record<string, string> = {}): Rendered {
    return render(status, 'html', text, { 'content-language': look.locale, ...more })
  }

  function malformed(look: Look, form: Form, text: string, faults: readonly Failed[]): Rendered {
    if (form !== 'html') throw malformedCode(codes, text, faults, '/path')
    return htmlOf(400, look, malformedPage(look, text, faults))
  }

  async function choice(look: Look, form: Form, text: string, units: readonly Fitting[]): Promise<Rendered> {
    if (form !== 'html') {
      const body = {
        readings: units.map(u => ({ scheme: u.scheme, code: u.canonical, page: pageOf(config.publicUrl, u.key) })),
      }
      return render(300, 'json', JSON.stringify(body), {})
    }
    const known = await resolve.recorded(units.map(u => u.key))
    const titleOf = (scheme: string) => codes.schemes.get(scheme)?.title ?? { zh: '网址（URI）', en: 'URI' }
    return htmlOf(300, look, choicePage(look, text, units, known, titleOf))
  }

  /** What stands in `Link` of every answer: the list of all links, and the code in full where it was compressed. */
  function aboutLinks(trace: PublicTrace, inFull: string | null): Parameters<typeof linkHeader>[0] {
    const list = {
      rel: 'linkset',
      href: `${trace.page}?linkType=linkset`,
      title: 'All links',
      type: 'application/linkset+json',
    }
    if (inFull === null) return [list]
    return [list, { rel: 'http://www.w3.org/2002/07/owl#sameAs', href: inFull, title: 'Uncompressed' }]
  }

  const named = (links: readonly WebLink[]) =>
    links.map(({ default: _, ...link }) => {
      const ascii = types.titleOf(link.rel)?.en
      return ascii === undefined ? link : { ...link, asciiTitle: ascii }
    })

  function renderList(form: Form, levels: readonly Level[], more: ReturnType<typeof aboutLinks>): Rendered {
    const linkset = linksetOf(types, levels)
    const body = form === 'ld' ? { '@context': LINKSET_CONTEXT, ...linkset } : linkset
    const context = {
      rel: 'http://www.w3.org/ns/json-ld#context',
      href: LINKSET_CONTEXT,
      title: 'JSON-LD context',
      type: 'application/ld+json',
    }
    return render(200, form, JSON.stringify(body), { link: linkHeader([context, ...more]) })
  }

  function renderPage(look: Look, form: Form, trace: PublicTrace, link: string): Rendered {
    const { kind } = trace.verdict
    if (form === 'json') {
      if (kind === 'unknown') throw new Problem('code-unknown', { detail: trace.code })
      return render(200, 'json', JSON.stringify(trace), { link })
    }
    if (kind === 'unknown') return htmlOf(404, look, unknownPage(look, trace, fields))
    if (trace.elsewhere) return htmlOf(200, look, elsewherePage(look, trace, trace.elsewhere), { link })
    return htmlOf(200, look, productPage(look, { trace, fields, logged: parts.logged }), { link })
  }

  async function shown(
    ask: Ask,
    look: Look,
    form: Form,
    found: Extract<Found, { kind: 'unit' }>,
    consulted: RestsOn['consulted'],
    inFull: string | null,
  ): Promise<Answer> {
    const { view } = found
    const asked = askedOf(ask, types)
    const anchors = anchorsOf(codes, found)
    const registered = await resolve.about(consulted, anchors)
    const isUnknown = view.trace.verdict.kind === 'unknown'
    const elsewhere = isUnknown && !registered.links.length ? await resolve.elsewhere(consulted, found.unit) : null
    const about = { ...registered, elsewhere }
    const site = { codes, resolve, publicUrl: config.publicUrl }
    const levels = levelsWithLinks(site, found, anchors, about, look.locale)
    const trace = completed(site, found, about)
    const restsOn = { views: found.views, consulted }
    const links = aboutLinks(trace, inFull)

    const isList = LISTS.includes(form)
    const choice = isList ? null : choose(types, levels, asked, ALARMS.includes(trace.verdict.kind))
    const own = choice?.kind === 'here' || (form === 'json' && asked.linkType === null && !isUnknown)
    if (choice?.kind === 'redirect' && !own) {
      const handled = choice.link.rel === types.uriOf('handledBy')
      const all = named(levels.flatMap(level => level.links))
      const header = handled ? [...named([choice.link]), ...links.slice(1)] : [...links, ...all]
      return ready.finish(ask, redirect(locationOf(choice.link, asked.query), linkHeader(header)), restsOn)
    }
    if (choice?.kind === 'several') {
      const level = levels.find(({ links: of }) => of.includes(choice.links[0]!))!
      const rendered =
        form === 'html'
          ? htmlOf(300, look, linksPage(look, trace, choice.links))
          : render(300, 'linkset', JSON.stringify(linksetOfSome(types, level, choice.links)), {})
      return ready.finish(ask, rendered, restsOn)
    }
    if (choice?.kind === 'none' && asked.linkType !== null && levels.some(level => level.links.length > 0)) {
      const offered = [...new Set(levels.flatMap(level => level.links.map(link => types.shortOf(link.rel))))]
      throw new Problem('not-found', {
        detail: `${trace.code}: no link of type ${types.shortOf(asked.linkType)} 没有此类型的链接; there are ${offered.join(', ')}`,
        linkTypes: offered,
      })
    }
    if (isList && levels.every(level => level.links.length === 0))
      throw new Problem('code-unknown', { detail: trace.code })
    // everything that goes into the page beside the view
    const rest = JSON.stringify([about.links, about.formerly, elsewhere, inFull])
    const variant = `${form} ${look.locale} ${look.chosen} ${look.large} ${look.path} ${found.unit.key} ${rest}`
    const rendered = renderedOf(view, variant, () =>
      isList ? renderList(form, levels, links) : renderPage(look, form, trace, linkHeader(links)),
    )
    return ready.finish(ask, rendered, restsOn)
  }

  /**
   * @param text a code in any notation
   * @param inFull the GS1 Digital Link that it is in compressed form, lot and serial included; null: it is not compressed
   */
  return async function unit(ask: Ask, text: string, inFull: string | null = null): Promise<Answer> {
    const { look, form } = lookOf(ask, config)
    if (!form) throw new Problem('not-acceptable', { detail: 'text/html, application/json, application/linkset+json' })
    const { revision } = parts.changes.recent() ?? (await parts.changes.look())
    const consulted = newConsulted(revision)
    const { lot } = askedOf(ask, types)
    const found = await findUnit(parts, text, look.path.startsWith('/t/') ? lot : null, consulted)
    if (found.kind === 'malformed') return ready.finish(ask, malformed(look, form, text, found.faults), null)
    if (found.kind === 'choice') return ready.finish(ask, await choice(look, form, text, found.units), null)
    return shown(ask, look, form, found, consulted, inFull)
  }
}
