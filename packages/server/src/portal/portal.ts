import { type Codes, isLocale, type Locale, Problem, type ProblemKind, problems, t } from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import { type Failed, type Fitting, linksetOf, resolveText } from '../resolve/resolve.ts'
import { type Answer, type Rendered, render } from './answer.ts'
import { createChanges } from './changes.ts'
import { choicePage, malformedPage, unknownPage } from './code-pages.ts'
import { pageOf, pathOfKey } from './disclose.ts'
import { errorPage, problemPage } from './error-page.ts'
import type { Example } from './examples.ts'
import { type GatherParts, gather } from './gather.ts'
import { homePage } from './home-page.ts'
import { type Look, linkTo } from './layout.ts'
import { encodingOf, type Form, formOf, matches } from './negotiate.ts'
import { productPage } from './product-page.ts'
import { createRate, type Rate } from './rate.ts'
import * as store from './store.ts'
import { createViews, type View } from './views.ts'
import { unitName } from './words.ts'

export { disclose } from './disclose.ts'
export { readExamples } from './examples.ts'
export { readPublicFields } from './public-fields.ts'

/** A request, as far as pages depend on it. */
export interface Ask {
  /** as received: path and query */
  url: string
  accept: string | undefined
  language: string | undefined
  /** the language that Accept-Language prefers */
  locale: Locale
  encoding: string | undefined
  ifNoneMatch: string | undefined
}

export interface Portal {
  /** A finished answer, if there is one that is still true; costs no more than looking it up. */
  atOnce(ask: Ask): Answer | null
  /** The same after asking the database whether it is still true; null at once where there is nothing to ask about. */
  afterAsking(ask: Ask): Promise<Answer | null> | null
  /** The page, data or linkset of a code. Throws problems for machines; people get pages. */
  unit(ask: Ask, text: string): Promise<Answer>
  home(ask: Ask): Promise<Answer>
  problem(ask: Ask, kind: string): Promise<Answer>
  /** A page for somebody who met an error; null where a problem document is expected. */
  error(ask: Ask, kind: ProblemKind, requestId: string): Promise<Answer> | null
  /** Path of the page to which a typed code leads, with the look of the request. */
  pathFor(ask: Ask, text: string): string
  readings(text: string): ReturnType<Codes['read']>
  rate: Rate
}

export interface PortalParts extends GatherParts {
  config: GatherParts['config'] & { publicRate: number }
  db: Db
  /**
   * Milliseconds for which an answer of the database on how far the log is is believed. With the time it takes to make
   * a page it must stay below the second that a page may be behind.
   */
  trust?: number
  /** codes to try, in a demonstration */
  examples?: readonly Example[]
}

const TRUST_MS = 300
/** Finished answers found by the request's own words. */
const REMEMBERED = 5_000

interface Ready {
  views: readonly View[]
  rendered: Rendered
  full: Answer
}

export function createPortal(parts: PortalParts): Portal {
  const { db, codes, config, fields } = parts
  const changes = createChanges(db, parts.trust ?? TRUST_MS, parts.clock)
  const views = createViews(db, changes, key => gather(parts, key), parts.clock)
  const made = new WeakMap<View, Map<string, Rendered>>()
  const ready = new Map<string, Ready>()
  const still = new Map<string, Rendered>()

  function lookOf(ask: Ask): { look: Look; form: Form | null } {
    const url = new URL(URL.canParse(`http://local${ask.url}`) ? `http://local${ask.url}` : 'http://local/')
    const query = url.searchParams
    const lang = query.get('lang')
    const look: Look = {
      locale: isLocale(lang) ? lang : ask.locale,
      chosen: isLocale(lang),
      large: query.get('size') === 'large',
      publicUrl: config.publicUrl,
      demo: config.demo,
      path: url.pathname,
    }
    const linkType = query.get('linkType')
    if (linkType === 'all' || linkType === 'linkset') return { look, form: 'linkset' }
    return { look, form: query.get('format') === 'json' ? 'json' : formOf(ask.accept) }
  }

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

  /** @param restsOn the views that must stay true for the answer to stay true; null: it is not remembered */
  async function finish(ask: Ask, rendered: Rendered, restsOn: readonly View[] | null): Promise<Answer> {
    const full = await rendered.full(encodingOf(ask.encoding))
    if (restsOn) {
      if (ready.size >= REMEMBERED) for (const first of ready.keys()) if (ready.delete(first)) break
      ready.set(wordsOf(ask), { views: restsOn, rendered, full })
    }
    return matches(ask.ifNoneMatch, rendered.etag) ? rendered.unchanged : full
  }

  async function areTrue(all: readonly View[]): Promise<boolean> {
    for (const view of all) if (!(await views.isTrue(view))) return false
    return true
  }

  function htmlOf(status: number, look: Look, text: string, more: Record<string, string> = {}): Rendered {
    return render(status, 'html', text, { 'content-language': look.locale, ...more })
  }

  /** Pages that depend on nothing but the look. */
  function stillPage(name: string, look: Look, make: () => string): Rendered {
    const key = `${name} ${look.locale} ${look.chosen} ${look.large}`
    const rendered = still.get(key) ?? htmlOf(200, look, make())
    still.set(key, rendered)
    return rendered
  }

  /** The unit meant; where nothing is known of a serial number, its lot. */
  async function viewOf(unit: Fitting): Promise<{ view: View; restsOn: View[]; insteadOfSerial: string | null }> {
    const view = await views.get(unit.key)
    if (view.trace.steps.length || unit.lot === null) return { view, restsOn: [view], insteadOfSerial: null }
    const lot = await views.get(unit.lot)
    const restsOn = [view, lot]
    return lot.trace.steps.length
      ? { view: lot, restsOn, insteadOfSerial: lot.trace.units[0]?.lot ?? unit.lot }
      : { view, restsOn, insteadOfSerial: null }
  }

  async function malformed(ask: Ask, look: Look, form: Form, text: string, faults: readonly Failed[]): Promise<Answer> {
    if (form !== 'html') {
      throw new Problem('malformed-code', {
        detail: faults[0]
          ? `${faults[0].message.zh} ${faults[0].message.en}`
          : 'not a code of any known scheme 不是已知编码',
        errors: faults.map(f => ({ pointer: '/path', message: `${f.message.zh} ${f.message.en}` })),
      })
    }
    return finish(ask, htmlOf(400, look, malformedPage(look, text, faults)), null)
  }

  async function choice(ask: Ask, look: Look, form: Form, text: string, units: readonly Fitting[]): Promise<Answer> {
    if (form !== 'html') {
      const body = {
        readings: units.map(u => ({ scheme: u.scheme, code: u.canonical, page: pageOf(config.publicUrl, u.key) })),
      }
      return finish(ask, render(300, 'json', JSON.stringify(body), {}), null)
    }
    const known = await store.recorded(
      db,
      units.map(u => u.key),
    )
    const titleOf = (scheme: string) => codes.schemes.get(scheme)?.title ?? { zh: '网址（URI）', en: 'URI' }
    return finish(ask, htmlOf(300, look, choicePage(look, text, units, known, titleOf)), null)
  }

  function renderUnit(look: Look, form: Form, view: View, insteadOfSerial: string | null): Rendered {
    const { trace } = view
    const unknown = trace.verdict.kind === 'unknown'
    if (form !== 'html' && unknown) throw new Problem('code-unknown', { detail: trace.code })
    const link = `<${trace.page}?linkType=all>; rel="linkset"; type="application/linkset+json"`
    if (form === 'json') return render(200, 'json', JSON.stringify(trace), { link })
    if (form === 'linkset') {
      const parents = parentsOf(view)
      const describe = (code: string) => {
        const unit = trace.units.find(u => u.code === code) ?? trace.units[0]
        return unit ? unitName(unit, look.locale, t(look.locale)) : code
      }
      const pageOfCode = (code: string) => pageOf(config.publicUrl, codes.unitKey(code))
      return render(200, 'linkset', JSON.stringify(linksetOf(trace, parents, pageOfCode, describe)), {})
    }
    return unknown
      ? htmlOf(404, look, unknownPage(look, trace, fields))
      : htmlOf(200, look, productPage(look, { trace, fields, insteadOfSerial }), { link })
  }

  /** Canonical codes of the levels above: the lot of an item, the product of both. */
  function parentsOf({ key, trace }: View): string[] {
    const product = codes.classKey(key)
    const lot = trace.level === 'item' && trace.units[0]?.lot ? codes.lotKey(key, trace.units[0].lot) : null
    return [lot, product].flatMap(parent => (parent ? [codes.codeOf(parent)] : []))
  }

  return {
    rate: createRate(config.publicRate, parts.clock),
    readings: text => codes.read(text),

    atOnce(ask) {
      const found = ready.get(wordsOf(ask))
      if (!found?.views.every(views.isFresh)) return null
      return matches(ask.ifNoneMatch, found.rendered.etag) ? found.rendered.unchanged : found.full
    },

    afterAsking(ask) {
      const words = wordsOf(ask)
      const found = ready.get(words)
      if (!found) return null
      return areTrue(found.views).then(still => {
        if (!still) {
          ready.delete(words)
          return null
        }
        return matches(ask.ifNoneMatch, found.rendered.etag) ? found.rendered.unchanged : found.full
      })
    },

    async unit(ask, text) {
      const { look, form } = lookOf(ask)
      if (!form)
        throw new Problem('not-acceptable', { detail: 'text/html, application/json, application/linkset+json' })
      const resolved = resolveText(codes, text)
      if (resolved.kind === 'malformed') return malformed(ask, look, form, text, resolved.faults)
      if (resolved.kind === 'choice') return choice(ask, look, form, text, resolved.units)
      const { view, restsOn, insteadOfSerial } = await viewOf(resolved.unit)
      // a misspelt number, unless somebody has recorded just that
      if (resolved.faults.length && !view.trace.steps.length) return malformed(ask, look, form, text, resolved.faults)
      const variant = `${form} ${look.locale} ${look.chosen} ${look.large} ${look.path} ${insteadOfSerial ?? ''}`
      const rendered = renderedOf(view, variant, () => renderUnit(look, form, view, insteadOfSerial))
      return finish(ask, rendered, restsOn)
    },

    home(ask) {
      const { look } = lookOf(ask)
      return finish(
        ask,
        stillPage('home', look, () => homePage(look, parts.examples)),
        null,
      )
    },

    problem(ask, kind) {
      const { look } = lookOf(ask)
      if (!isProblem(kind))
        throw new Problem('not-found', { detail: `There is no kind of problem named ${kind.slice(0, 100)}` })
      return finish(
        ask,
        stillPage(`problem ${kind}`, look, () => problemPage(look, kind)),
        null,
      )
    },

    error(ask, kind, requestId) {
      const { look, form } = lookOf(ask)
      if (form !== 'html' || !ask.accept?.includes('html')) return null
      const rendered = htmlOf(
        problems[kind].status,
        { ...look, path: '/' },
        errorPage({ ...look, path: '/' }, kind, requestId),
      )
      return rendered.full(encodingOf(ask.encoding))
    },

    pathFor(ask, text) {
      const { look } = lookOf(ask)
      if (text === '') return linkTo(look, '/')
      const resolved = resolveText(codes, text)
      const key =
        resolved.kind === 'unit' && !resolved.faults.length && resolved.unit.lot === null ? resolved.unit.key : null
      return linkTo(look, key ? pathOfKey(key) : `/t/${encodeURIComponent(text)}`)
    },
  }
}

function isProblem(kind: string): kind is ProblemKind {
  return Object.hasOwn(problems, kind)
}

/** The words of a request that decide its answer. */
function wordsOf(ask: Ask): string {
  return `${ask.url}\n${ask.accept}\n${ask.language}\n${ask.encoding}`
}
