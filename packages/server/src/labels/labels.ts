import { join } from 'node:path'
import {
  type CarrierContent,
  type CarrierSpec,
  type CodeState,
  type Codes,
  LABELS_PER_ANSWER,
  LABELS_PER_JOB,
  type Locale,
  Problem,
  parseCarriers,
  parseSheets,
  type SheetOptions,
  type SheetSpec,
} from '@yuanliu/core'
import { readJsonFile } from '../lib/data.ts'
import { createDrawer, type Drawer, type Drawing, type Misfit, type Refusal } from './draw.ts'
import { type About, textsFor } from './label-text.ts'
import { layoutOf, type Notice, noticesOf } from './layout.ts'
import { payloadOf, unfit } from './payload.ts'
import { type PrintedLabel, sheetPage } from './sheet-page.ts'

/** data/labels: carriers and papers by id, the first of each being the usual one. */
export interface LabelForms {
  carriers: ReadonlyMap<string, CarrierSpec>
  sheets: ReadonlyMap<string, SheetSpec>
}

/** Reads data/labels. @throws Error that names the file and the place that is wrong */
export function readLabelForms(dataFolder: string): LabelForms {
  const read = <T>(name: string, parse: (value: unknown, path: string) => T) => {
    const path = join(dataFolder, 'labels', name)
    return parse(readJsonFile(path), path)
  }
  return {
    carriers: new Map(read('carriers.json', parseCarriers).map(spec => [spec.id, spec])),
    sheets: new Map(read('sheets.json', parseSheets).map(spec => [spec.id, spec])),
  }
}

export interface LabelCode {
  text: string
  /** where it was issued here */
  state?: CodeState
}

/** The codes of a job, in the order in which they are printed: a list, or a range that is counted when it is asked. */
export interface LabelCodes {
  total: number
  /** id of the range where the codes are one: their index is their number in it */
  range?: number
  /** codes from index `from`, at most `count` */
  page(from: number, count: number): readonly LabelCode[] | Promise<readonly LabelCode[]>
  /** place of a code in the request, for faults */
  pointer(index: number): string
}

export interface CarrierRequest {
  code: string
  carrier?: string
  content?: CarrierContent
  format?: 'svg' | 'png'
  /** millimetres */
  module?: number
  dpi?: number
}

/** A page of labels to print. */
export interface PrintedPage {
  html: string
  /** hash source of its style, for Content-Security-Policy */
  style: string
  /** index of the label after the last one; null: this was the end */
  next: number | null
}

export interface Labels {
  forms: LabelForms
  /** @throws Problem malformed-code, carrier-unfit, invalid-query, busy */
  carrier(request: CarrierRequest): Promise<{ type: string; body: string | Uint8Array }>
  /** @throws Problem malformed-code, carrier-unfit, invalid-query, busy */
  sheet(
    codes: LabelCodes,
    options: SheetOptions,
    locale: Locale,
    nextHref: (from: number) => string | null,
  ): Promise<PrintedPage>
  close(): Promise<void>
}

export interface LabelParts {
  codes: Codes
  publicUrl: string
  forms: LabelForms
  about: About
}

const PICTURE_DPI = 300
/** Of codes in these states the public is told nothing else. */
const FRESH = new Set<CodeState | undefined>(['issued', 'printed'])
/** Codes in these states are no use on a product. */
const ENDED = new Set<CodeState>(['void', 'retired'])
/** Printers of offices draw any width well enough; modules need not be whole dots of theirs. */
const OFFICE_DPI = 600
/** Labels of an answer where nothing is said: the first sheet is there within a second. */
const USUAL_LABELS = 24

/** Carriers and label sheets. */
export function createLabels({ codes, publicUrl, forms, about }: LabelParts, drawer: Drawer = createDrawer()): Labels {
  function carrierOf(id: string | undefined): CarrierSpec {
    return named(forms.carriers, id, 'carrier')
  }

  return {
    forms,
    close: () => drawer.close(),

    async carrier({ code, carrier, content, format = 'svg', module, dpi = PICTURE_DPI }) {
      const spec = carrierOf(carrier)
      const { min, max } = spec.module
      if (module !== undefined && (module < min || module > max)) {
        const message = `${spec.id} 的模块宽度应在 ${min} 到 ${max} 毫米之间。The module of ${spec.id} must be ${min} to ${max} mm wide`
        throw new Problem('invalid-query', { detail: message, errors: [{ pointer: '/query/module', message }] })
      }
      const { text } = payloadOf(codes, publicUrl, spec, content ?? null, code, '/query/code')
      const drawn = await drawer.draw({ spec, text, format, room: null, module: module ?? null, dpi })
      const { body } = drawingOf(drawn, spec, '/query/code')
      return { type: format === 'png' ? 'image/png' : 'image/svg+xml; charset=utf-8', body }
    },

    async sheet(list, options, locale, nextHref) {
      const paper = named(forms.sheets, options.sheet, 'sheet')
      const spec = carrierOf(options.carrier)
      const { copies = 1, from = 0, skip = 0 } = options
      const total = list.total * copies
      const perPage = paper.columns * paper.rows
      if (total > LABELS_PER_JOB)
        throw wrong('copies', `最多 ${LABELS_PER_JOB} 个标签 at most ${LABELS_PER_JOB} labels`)
      if (from >= total) throw wrong('from', `共 ${total} 个标签 there are ${total} labels, counted from 0`)
      if (skip >= perPage) throw wrong('skip', `一页只有 ${perPage} 个标签 a page has ${perPage} labels`)
      const used = from === 0 ? skip : 0
      const count = Math.min(total - from, fullPages(options.limit ?? USUAL_LABELS, perPage, used))

      const first = Math.floor(from / copies)
      const last = Math.floor((from + count - 1) / copies)
      const page = await list.page(first, last - first + 1)
      const payloads = page.map(({ text }, i) =>
        payloadOf(codes, publicUrl, spec, options.content ?? null, text, list.pointer(first + i)),
      )
      const layout = layoutOf(paper, spec)
      const snap = options.dpi !== undefined || paper.dpi !== undefined
      const order = {
        spec,
        format: 'svg' as const,
        room: { ...layout.room, snap },
        module: null,
        dpi: options.dpi ?? paper.dpi ?? OFFICE_DPI,
      }
      const [drawings, words] = await Promise.all([
        Promise.all(payloads.map(({ text }) => drawer.draw({ ...order, text }))),
        textsFor(
          payloads.map(({ reading }, i) => ({ reading, fresh: FRESH.has(page[i]?.state) })),
          { about, codes, locale, given: options },
        ),
      ])
      const each = drawings.map((drawn, i): PrintedLabel => {
        const drawing = drawingOf(drawn, spec, list.pointer(first + i))
        return { svg: String(drawing.body), drawing, text: words[i] as PrintedLabel['text'] }
      })
      const labels = Array.from(
        { length: count },
        (_, i) => each[Math.floor((from + i) / copies) - first] as PrintedLabel,
      )
      const notices: Notice[] = noticesOf(
        spec,
        each.map(label => label.drawing),
      )
      const next = from + count < total ? from + count : null
      const ended = page.flatMap(({ state }, i) => (state !== undefined && ENDED.has(state) ? [first + i] : []))
      const made = sheetPage({
        paper,
        spec,
        layout,
        labels,
        notices,
        locale,
        from,
        total,
        used,
        shift: { x: options.shiftX ?? 0, y: options.shiftY ?? 0 },
        next: next === null ? null : nextHref(next),
        range: list.range === undefined ? null : { id: list.range, first, last, ended },
      })
      return { ...made, next }
    },
  }
}

/** As many labels as asked for, rounded down to whole pages where it is more than one: the next answer begins a page. */
function fullPages(limit: number, perPage: number, used: number): number {
  const asked = Math.min(limit, LABELS_PER_ANSWER)
  const whole = Math.floor((asked + used) / perPage) * perPage - used
  return whole > 0 ? whole : asked
}

function named<T>(all: ReadonlyMap<string, T>, id: string | undefined, parameter: string): T {
  const found = id === undefined ? all.values().next().value : all.get(id)
  if (found !== undefined) return found
  throw wrong(parameter, `可选 choose one of: ${[...all.keys()].join(', ')}`)
}

function wrong(parameter: string, message: string): Problem {
  return new Problem('invalid-query', { detail: message, errors: [{ pointer: `/query/${parameter}`, message }] })
}

function drawingOf(drawn: Drawing | Misfit | Refusal, spec: CarrierSpec, pointer: string): Drawing {
  if ('body' in drawn) return drawn
  if ('refusal' in drawn)
    throw unfit(
      pointer,
      spec,
      `不能承载此编码，请核对编码或换用其他载体。It cannot hold this code (${drawn.refusal}); check the code or choose another carrier`,
    )
  const { misfit } = drawn
  const needs = Math.ceil(drawn.needs * 10) / 10
  const has = Math.floor(drawn.has * 10) / 10
  if (misfit === 'longest')
    throw unfit(
      pointer,
      spec,
      `宽 ${needs} 毫米，超过允许的 ${has} 毫米，请减小 module。It is ${needs} mm wide, more than the ${has} mm allowed; make the module smaller`,
    )
  const [zh, en] = misfit === 'width' ? ['宽', 'wide'] : ['高', 'high']
  throw unfit(
    pointer,
    spec,
    `至少需要${zh} ${needs} 毫米，标签上只有 ${has} 毫米；请用更大的标签，或二维载体（如 gs1-datamatrix）。It must be at least ${needs} mm ${en} and the label has ${has} mm for it; choose a larger paper or a two-dimensional carrier such as gs1-datamatrix`,
  )
}
