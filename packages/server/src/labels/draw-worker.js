import { parentPort } from 'node:worker_threads'
import bwip from 'bwip-js/node'
import { bitmapPng, withDensity } from './png.js'

/**
 * The thread that draws: encoding takes milliseconds a symbol, which the server's event loop has not to spare.
 * One message, one drawing; see draw.ts for the types.
 *
 * @typedef {import('./draw.ts').Order} Order
 * @typedef {import('./draw.ts').Drawing} Drawing
 * @typedef {import('./draw.ts').Misfit} Misfit
 */

const MM_PER_INCH = 25.4
/** bwip-js takes heights in millimetres of a drawing whose module is one point wide. */
const MM_PER_POINT = MM_PER_INCH / 72
/** Height of the human-readable interpretation in millimetres (GS1 General Specifications §4.14). */
const TEXT = 2.8
/** Width of a character of OCR-B over its height. */
const ADVANCE = 0.75

parentPort?.on('message', async (/** @type {{ id: number, order: Order }} */ { id, order }) => {
  try {
    parentPort?.postMessage({ id, result: await (order.spec.kind === 'matrix' ? matrix(order) : linear(order)) })
  } catch (error) {
    // The library says so itself where a symbology cannot hold a text; anything else is a fault of ours.
    const words = /bwipp\.\w+(?:#\d+)?: ([\s\S]*)/.exec(String(error))?.[1]
    parentPort?.postMessage(words === undefined ? { id, fault: String(error) } : { id, refusal: words })
  }
})

/** @param {Order} order @returns {Drawing | Misfit} */
function matrix({ spec, text, format, room, module: asked, dpi }) {
  const [symbol] = bwip.raw({ ...spec.options, bcid: spec.symbology, text })
  if (!symbol || !('pixs' in symbol)) throw new Error('no matrix symbol')
  const { pixs, pixx: columns, pixy: rows } = symbol
  const { left, right, top, bottom } = spec.quiet
  const width = columns + left + right
  const height = rows + top + bottom
  const module = moduleFor(spec, { width, height, room, asked, dpi, format })
  if (typeof module !== 'number') return module
  const size = { module, width: width * module, height: height * module }
  /** @type {(x: number, y: number) => boolean} */
  const isDark = (x, y) => pixs[y * columns + x] === 1
  if (format === 'png') {
    const dots = Math.round((module * dpi) / MM_PER_INCH)
    const body = bitmapPng(width * dots, height * dots, (x, y) => {
      const column = Math.floor(x / dots) - left
      const row = Math.floor(y / dots) - top
      return column >= 0 && row >= 0 && column < columns && row < rows && isDark(column, row)
    })
    return { ...size, body: withDensity(body, dpi) }
  }
  let path = ''
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (!isDark(x, y)) continue
      let run = 1
      while (x + run < columns && isDark(x + run, y)) run++
      path += `M${x + left} ${y + top}h${run}v1h-${run}z`
      x += run
    }
  }
  return { ...size, body: svg(size, [width, height], `<path shape-rendering="crispEdges" d="${path}"/>`) }
}

/** @param {Order} order @returns {Promise<Drawing | Misfit>} */
async function linear({ spec, text, format, room, module: asked, dpi }) {
  const bars = spec.height ?? { min: 10, target: 10 }
  /** Bars `high` millimetres high with modules of `module` millimetres. */
  const options = (/** @type {number} */ high, /** @type {number} */ module, /** @type {number} */ widest) => ({
    ...spec.options,
    bcid: spec.symbology,
    text,
    includetext: true,
    // half a millimetre or so between bars and text
    textyoffset: -3,
    height: (high / module) * MM_PER_POINT,
    paddingleft: Math.max(0, spec.quiet.left - (spec.firstDigit ?? 0)),
    paddingright: spec.quiet.right,
    paddingtop: spec.quiet.top,
    paddingbottom: spec.quiet.bottom,
    // The library places the digits of EAN-13 between the guard bars by itself.
    ...(spec.firstDigit === undefined && {
      textsize: Math.max(4, Math.min(TEXT / module, widest / (ADVANCE * (text.length + 2)))),
    }),
  })
  const narrow = boxOf(bwip.toSVG({ ...options(bars.min, spec.module.target, 1), scale: 1 })).width
  const module = moduleFor(spec, { width: narrow, height: 0, room, asked, dpi, format })
  if (typeof module !== 'number') return module

  let high = room ? Math.min(bars.target, room.height) : bars.target
  let drawn = bwip.toSVG({ ...options(high, module, narrow), scale: 1 })
  let box = boxOf(drawn)
  const over = room ? box.height * module - room.height : 0
  if (room && over > 0) {
    high -= over
    if (high < bars.min) return { misfit: 'height', needs: room.height + bars.min - high, has: room.height }
    drawn = bwip.toSVG({ ...options(high, module, narrow), scale: 1 })
    box = boxOf(drawn)
  }
  const size = { module, bars: high, width: box.width * module, height: box.height * module }
  if (format === 'svg') return { ...size, body: svg(size, [box.width, box.height], box.inner) }
  const dots = Math.round((module * dpi) / MM_PER_INCH)
  return {
    ...size,
    body: withDensity(
      await bwip.toBuffer({ ...options(high, module, narrow), scale: dots, backgroundcolor: 'ffffff' }),
      dpi,
    ),
  }
}

/**
 * Width of a module in millimetres: what was asked for, or what fits the room. In dots, where the printer's are known,
 * it is a whole number of them: other widths come out uneven.
 *
 * @param {Order['spec']} spec
 * @param {{ width: number, height: number } & Pick<Order, 'room' | 'dpi' | 'format'> & { asked: Order['module'] }} about
 *   width and height in modules; height 0: it gives way
 * @returns {number | Misfit}
 */
function moduleFor(spec, { width, height, room, asked, dpi, format }) {
  const { min, target, max } = spec.module
  const dot = MM_PER_INCH / dpi
  if (!room) {
    const module = asked ?? target
    const whole = Math.max(1, Math.round(module / dot))
    const fitting = format === 'svg' ? module : (whole * dot < min - 1e-9 ? whole + 1 : whole) * dot
    const most = spec.widest === undefined ? Number.POSITIVE_INFINITY : spec.widest / width
    return fitting > most + 1e-9 ? { misfit: 'longest', needs: width * fitting, has: spec.widest ?? 0 } : fitting
  }
  const across = Math.min(room.width, spec.widest ?? room.width)
  const down = height > 0 ? room.height / height : Number.POSITIVE_INFINITY
  const most = Math.min(
    across / width,
    down,
    spec.kind === 'matrix' ? max : Math.min(max, room.snap ? target + dot / 2 : target),
  )
  const least = room.snap ? Math.ceil(min / dot - 1e-9) * dot : min
  const module = Math.max(least, room.snap ? Math.floor(most / dot + 1e-9) * dot : most)
  if (module <= Math.min(across / width, down, max) + 1e-9) return module
  return down < across / width
    ? { misfit: 'height', needs: least * height, has: room.height }
    : { misfit: 'width', needs: least * width, has: across }
}

/** @param {string} drawn an SVG of the library @returns {{ width: number, height: number, inner: string }} */
function boxOf(drawn) {
  const [whole, width, height] = /^<svg viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>/.exec(drawn) ?? []
  if (whole === undefined) throw new Error('the library drew something else than it does')
  return {
    width: Number(width),
    height: Number(height),
    inner: drawn.slice(whole.length, drawn.lastIndexOf('</svg>')).trim(),
  }
}

/** @param {{ width: number, height: number }} mm @param {[number, number]} box @param {string} inner */
function svg(mm, [width, height], inner) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${rounded(mm.width)}mm" height="${rounded(mm.height)}mm" viewBox="0 0 ${rounded(width)} ${rounded(height)}"><path fill="#fff" d="M0 0h${rounded(width)}v${rounded(height)}H0z"/>${inner}</svg>`
}

const rounded = (/** @type {number} */ n) => Math.round(n * 1e4) / 1e4
