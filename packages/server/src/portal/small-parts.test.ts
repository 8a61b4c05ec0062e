import { BIZ_STEPS, DISPOSITIONS, LOCALES, t } from '@yuanliu/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html, markup } from '../lib/html.ts'
import { DATA } from '../lib/paths.ts'
import { encodingOf, formOf, matches } from './negotiate.ts'
import { readPublicFields } from './public-fields.ts'
import { qrSvg } from './qr.ts'
import { createRate } from './rate.ts'

describe('html', () => {
  it('lets no text become markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const made = markup(html`<p title="${text}">${text}${[text, html`${text}`]}</p>`)
        const [, attribute, content] = /^<p title="([^"]*)">([^<]*)<\/p>$/s.exec(made) ?? []
        return attribute !== undefined && content !== undefined
      }),
    )
  })
  it('takes made markup as it is, nothing for nothing, and objects from outside for no markup', () => {
    expect(markup(html`${html`<b>${1}</b>`}${null}${undefined}${false}${'<'}`)).toBe('<b>1</b>&lt;')
    expect(markup(html`${'a\u202eb\u0000'}`)).toBe('a\ufffdb\ufffd')
  })
})

describe('negotiation', () => {
  it('takes the form with the most weight that we have', () => {
    expect(formOf(undefined)).toBe('html')
    expect(formOf('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')).toBe('html')
    expect(formOf('application/json')).toBe('json')
    expect(formOf('application/linkset+json, */*;q=0.1')).toBe('linkset')
    expect(formOf('text/html;q=0.4, application/json;q=0.5')).toBe('json')
    expect(formOf('image/png')).toBeNull()
    expect(formOf('text/html;q=0')).toBeNull()
  })
  it('takes the smallest encoding that is taken', () => {
    expect(encodingOf('gzip, deflate, br')).toBe('br')
    expect(encodingOf('br;q=0, gzip')).toBe('gzip')
    expect(encodingOf('*')).toBe('br')
    expect(encodingOf(undefined)).toBe('identity')
  })
  it('compares tags weakly', () => {
    expect(matches('"a", W/"b"', 'W/"b"')).toBe(true)
    expect(matches('*', 'W/"b"')).toBe(true)
    expect(matches('"bb"', 'W/"b"')).toBe(false)
  })
})

describe('rate', () => {
  it('gives so many a minute to an address, a /64 being one', () => {
    let now = 0
    const rate = createRate(2, () => now)
    expect([rate.over('192.0.2.1'), rate.over('192.0.2.1'), rate.over('192.0.2.1')]).toEqual([0, 0, 30])
    expect(rate.over('192.0.2.2')).toBe(0)
    now = 30_000
    expect([rate.over('192.0.2.1'), rate.over('192.0.2.1')]).toEqual([0, 30])
    expect([rate.over('2001:db8::1'), rate.over('2001:db8:0:0:9::2'), rate.over('2001:db8::3')]).toEqual([0, 0, 30])
    expect(rate.over('2001:db8:0:1::1')).toBe(0)
    expect(createRate(0).over('192.0.2.1')).toBe(0)
  })
})

describe('words', () => {
  const { titles } = readPublicFields(DATA)
  it('every standard step and disposition has a title in both languages', () => {
    for (const locale of LOCALES) {
      for (const step of BIZ_STEPS) expect(titles.steps[step]?.[locale], step).toBeTruthy()
      for (const state of DISPOSITIONS) expect(titles.dispositions[state]?.[locale], state).toBeTruthy()
    }
  })
  it('nowhere is a product called fake, except to say that it is not said', () => {
    for (const locale of LOCALES) {
      const all = JSON.stringify(t(locale))
      expect(all.replace('不代表产品是假的', '').match(/假冒|假的|伪造|仿冒/)).toBeNull()
      expect(all.replace('does not mean the product is fake', '').match(/fake|counterfeit/i)).toBeNull()
    }
  })
})

it('a QR code is one path with a quiet zone of four modules', () => {
  const svg = markup(qrSvg('https://trace.example.org/01/09521321000100/10/L1', 'QR "x" <y>'))
  const [, x, width] = /viewBox="-(\d+) -4 (\d+) \d+"/.exec(svg) ?? []
  expect(x).toBe('4')
  expect((Number(width) - 8 - 17) % 4).toBe(0)
  expect(svg.match(/<path/g)).toHaveLength(2)
  expect(svg).not.toMatch(/<y>/)
})
