import { drawCarrier, listLabelForms, Problem, printLabelList, printLabels, type SheetOptions } from '@yuanliu/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Issuing, RangeToPrint } from '../codes/codes.ts'
import { demand, mount } from '../lib/http/mount.ts'
import { nextLink } from '../lib/http/page-token.ts'
import { localeOf } from '../lib/http/problem.ts'
import type { LabelCodes, Labels } from './labels.ts'

/** Carriers and label sheets under /api/labels. */
export function labelRoutes(
  app: FastifyInstance,
  labels: Labels,
  issuing: Pick<Issuing, 'toPrint'>,
  publicUrl: string,
): void {
  mount(app, listLabelForms, async () => ({
    carriers: [...labels.forms.carriers.values()].map(({ id, title, holds, module }) => ({ id, title, holds, module })),
    sheets: [...labels.forms.sheets.values()].map(s => ({ id: s.id, title: s.title, perPage: s.columns * s.rows })),
  }))

  mount(app, drawCarrier, async ({ query, reply }) => {
    const { type, body } = await labels.carrier(query)
    return reply
      .header('cache-control', 'private, max-age=86400')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .type(type)
      .send(typeof body === 'string' ? body : Buffer.from(body))
  })

  mount(app, printLabels, async ({ query: { code, range, ...options }, actor, request, reply }) => {
    demand(actor, range === undefined ? 'read' : 'code:issue')
    if ((code === undefined) === (range === undefined)) throw oneOfBoth()
    const codes =
      range === undefined ? listed(code ?? [], i => `/query/code/${i}`) : issued(await issuing.toPrint(range, actor))
    return print(request, reply, codes, options, next => hrefOf(request, next))
  })

  // The next page is the same body posted to the address in the Link header.
  mount(
    app,
    printLabelList,
    async ({ query, body: { codes }, request, reply }) =>
      print(
        request,
        reply,
        listed(codes, i => `/codes/${i}`),
        query,
        () => null,
      ),
    { bodyBytes: LIST_BYTES },
  )

  async function print(
    request: FastifyRequest,
    reply: FastifyReply,
    codes: LabelCodes,
    options: SheetOptions,
    href: (from: number) => string | null,
  ): Promise<FastifyReply> {
    const locale = options.lang ?? localeOf(request)
    const page = await labels.sheet(codes, options, locale, href)
    if (page.next !== null) reply.header('link', nextLink(publicUrl, request.url, 'from', String(page.next)))
    return reply
      .header('cache-control', 'no-store')
      .header('content-language', locale)
      .header('vary', 'Accept-Language')
      .header(
        'content-security-policy',
        `default-src 'none'; style-src '${page.style}'; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
      )
      .type('text/html; charset=utf-8')
      .send(page.html)
  }
}

const LIST_BYTES = 8 * 1024 * 1024

function listed(codes: readonly string[], pointer: (index: number) => string): LabelCodes {
  const page = (from: number, count: number) => codes.slice(from, from + count).map(text => ({ text }))
  return { total: codes.length, page, pointer }
}

function issued({ id, count, codes }: RangeToPrint): LabelCodes {
  return { total: count, range: id, page: codes, pointer: () => '/query/range' }
}

function oneOfBoth(): Problem {
  const message = '请给出 code（编码）或 range（编码段）之一 Give either code, or range, the id of a range'
  return new Problem('invalid-query', { detail: message, errors: [{ pointer: '/query/code', message }] })
}

/** The same address with another `from`, relative to itself: it holds behind any proxy. */
function hrefOf(request: FastifyRequest, from: number): string {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  query.set('from', String(from))
  return `?${query}`
}
