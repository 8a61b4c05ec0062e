import { Problem, type ProofBundle, type SuiteId, t } from '@yuanliu/core'
import type { Actor } from '../lib/http/mount.ts'
import { malformedCode, newConsulted, pathOfKey } from '../resolve/resolve.ts'
import { type Answer, render } from './answer.ts'
import { type Ask, lookOf } from './ask.ts'
import type { Changes } from './changes.ts'
import { checkPage } from './check-page.ts'
import { type FindParts, findUnit } from './find.ts'
import { linkTo } from './layout.ts'
import { encodingOf } from './negotiate.ts'
import type { PublicFields } from './public-fields.ts'
import type { View } from './views.ts'
import { unitName } from './words.ts'

/** What a page's steps are proven by: the events behind them and what the page says of each. */
export interface Proofs {
  /** @param reader with the permission `read` the openings come along; null: the public */
  bundle(
    wanted: {
      code: string
      page: string
      steps: { key: string; about: ProofBundle['records'][number]['about'] }[]
      suite?: SuiteId | undefined
    },
    reader: Actor | null,
  ): Promise<ProofBundle>
}

export interface Check {
  /** Proofs of the steps that the page of a code shows. @throws Problem 400, 404 */
  bundle(text: string, suite: SuiteId | undefined, reader: Actor | null): Promise<ProofBundle>
  /** The page that verifies them in the browser; leads to the page of the code where there is nothing to verify. */
  page(ask: Ask, text: string): Promise<Answer>
}

/** @param proofs null: the platform keeps no log */
export function createCheck(
  parts: FindParts & { fields: PublicFields; config: { publicUrl: string; demo: boolean }; changes: Changes },
  proofs: Proofs | null,
): Check {
  const { codes, fields, config, changes } = parts

  async function find(text: string) {
    const { revision } = changes.recent() ?? (await changes.look())
    return findUnit(parts, text, null, newConsulted(revision))
  }

  function bundleOf({ trace, events }: View, suite: SuiteId | undefined, reader: Actor | null): Promise<ProofBundle> {
    if (!proofs) throw new Problem('log-off', { detail: 'LOG=off' })
    const steps = trace.steps.map(({ time, step, reporter, recorded }, i) => ({
      key: events[i] as string,
      about: { time, step, reporter, recorded },
    }))
    return proofs.bundle({ code: trace.code, page: trace.page, steps, suite }, reader)
  }

  return {
    async bundle(text, suite, reader) {
      const found = await find(text)
      if (found.kind === 'malformed') throw malformedCode(codes, text, found.faults, '/code')
      if (found.kind === 'choice')
        throw new Problem('invalid-query', {
          detail: `/code: several codes are written so; give one of them in full 请写出完整编码: ${found.units.map(u => u.canonical).join(', ')}`,
        })
      if (!found.view.trace.steps.length) throw new Problem('code-unknown', { detail: found.view.trace.code })
      return bundleOf(found.view, suite, reader)
    },

    async page(ask, text) {
      const { look } = lookOf(ask, config)
      const found = await find(text)
      if (!proofs || found.kind !== 'unit' || !found.view.trace.steps.length) {
        const path = found.kind === 'unit' ? pathOfKey(found.unit.key) : `/t/${encodeURIComponent(text)}`
        const headers = { location: linkTo(look, path), 'cache-control': 'no-cache', 'content-length': '0' }
        return { status: 307, headers, body: null }
      }
      const { view } = found
      const { trace } = view
      const m = t(look.locale)
      const name = trace.units[0] ? unitName(trace.units[0], look.locale, m) : trace.code
      const bundle = await bundleOf(view, undefined, null)
      const back = linkTo(look, pathOfKey(found.unit.key))
      const body = checkPage(look, { trace, fields, locale: look.locale, m }, { bundle, name, back })
      return render(200, 'html', body, { 'content-language': look.locale, 'cache-control': 'no-store' }).full(
        encodingOf(ask.encoding),
      )
    },
  }
}
