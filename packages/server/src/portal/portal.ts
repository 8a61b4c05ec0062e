import { Problem, type ProblemKind, type PublicTrace, problems } from '@yuanliu/core'
import type { Db } from '../lib/db/db.ts'
import { pathOfKey, type Resolve, resolveText } from '../resolve/resolve.ts'
import { type Answer, type Rendered, render } from './answer.ts'
import { type Ask, lookOf } from './ask.ts'
import { createChanges } from './changes.ts'
import { type Check, createCheck, type Proofs } from './check.ts'
import { errorPage, problemPage } from './error-page.ts'
import type { Example } from './examples.ts'
import { type GatherParts, gather } from './gather.ts'
import { homePage } from './home-page.ts'
import { type Look, linkTo } from './layout.ts'
import { encodingOf } from './negotiate.ts'
import { createRate, type Rate } from './rate.ts'
import { createReady } from './ready.ts'
import { createUnitAnswers } from './unit-answer.ts'
import { createViews } from './views.ts'

export { disclose } from './disclose.ts'
export { readExamples } from './examples.ts'
export { readPublicFields } from './public-fields.ts'

export interface Portal {
  /** A finished answer, if there is one that is still true; costs no more than looking it up. */
  atOnce(ask: Ask): Answer | null
  /** The same after asking the database whether it is still true; null at once where there is nothing to ask about. */
  afterAsking(ask: Ask): Promise<Answer | null> | null
  /** The page, data or links of a code, or where they lead. Throws problems for machines; people get pages. */
  unit(ask: Ask, text: string): Promise<Answer>
  /** The same for a compressed GS1 Digital Link; null where the text is none. */
  compressed(ask: Ask, uri: string): Promise<Answer> | null
  home(ask: Ask): Promise<Answer>
  problem(ask: Ask, kind: string): Promise<Answer>
  /** A page for somebody who met an error; null where a problem document is expected. */
  error(ask: Ask, kind: ProblemKind, requestId: string): Promise<Answer> | null
  /** Path of the page to which a typed code leads, with the look of the request. */
  pathFor(ask: Ask, text: string): string
  /** What the public may know of a unit, by its key: for other rooms that print or say it. */
  about(key: string): Promise<PublicTrace>
  /** proofs that records stand in the signed log */
  check: Check
  rate: Rate
}

export interface PortalParts extends GatherParts {
  config: GatherParts['config'] & { publicRate: number }
  db: Db
  resolve: Resolve
  /**
   * Milliseconds for which an answer of the database on how far the log is is believed. With the time it takes to make
   * a page it must stay below the second that a page may be behind.
   */
  trust?: number
  /** where proofs come from; null or none: the platform keeps no log */
  proofs?: Proofs | null
  /** codes to try, in a demonstration */
  examples?: readonly Example[]
}

const TRUST_MS = 300
export function createPortal(parts: PortalParts): Portal {
  const { db, codes, config } = parts
  const changes = createChanges(db, parts.trust ?? TRUST_MS, parts.clock)
  const views = createViews(db, changes, key => gather(parts, key), parts.clock, parts.codeState)
  const ready = createReady(views, changes, parts.clock)
  const proofs = parts.proofs ?? null
  const unit = createUnitAnswers({ ...parts, views, changes, ready, logged: proofs !== null })
  const still = new Map<string, Rendered>()
  const seen = (ask: Ask) => lookOf(ask, config)

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

  return {
    check: createCheck({ ...parts, views, changes }, proofs),
    rate: createRate(config.publicRate, parts.clock),
    about: async key => (await views.get(key)).trace,
    atOnce: ready.atOnce,
    afterAsking: ready.afterAsking,
    unit: (ask, text) => unit(ask, text),

    compressed(ask, uri) {
      const [reading] = codes.identify(uri)
      return reading?.ok && reading.forms.digitalLink ? unit(ask, uri, reading.forms.digitalLink) : null
    },

    home(ask) {
      const { look } = seen(ask)
      return ready.finish(
        ask,
        stillPage('home', look, () => homePage(look, parts.examples)),
        null,
      )
    },

    problem(ask, kind) {
      const { look } = seen(ask)
      if (!isProblem(kind))
        throw new Problem('not-found', { detail: `There is no kind of problem named ${kind.slice(0, 100)}` })
      return ready.finish(
        ask,
        stillPage(`problem ${kind}`, look, () => problemPage(look, kind)),
        null,
      )
    },

    error(ask, kind, requestId) {
      const { look, form } = seen(ask)
      if (form !== 'html' || !ask.accept?.includes('html')) return null
      const rendered = htmlOf(
        problems[kind].status,
        { ...look, path: '/' },
        errorPage({ ...look, path: '/' }, kind, requestId),
      )
      return rendered.full(encodingOf(ask.encoding))
    },

    pathFor(ask, text) {
      const { look } = seen(ask)
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
