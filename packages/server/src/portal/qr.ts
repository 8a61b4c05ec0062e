import qrcode from 'qrcode-generator'
import { constant, type Html } from '../lib/html.ts'

const REMEMBERED = 2_000
const drawn = new Map<string, Html>()
/** Modules of light around the symbol, ISO/IEC 18004 §9.1. */
const QUIET = 4

/** A QR code with error correction M as an SVG of one path; drawn once for each text. */
export function qrSvg(text: string, title: string): Html {
  const key = `${title}\n${text}`
  const known = drawn.get(key)
  if (known) return known
  if (drawn.size >= REMEMBERED) drawn.clear()
  const svg = draw(text, title)
  drawn.set(key, svg)
  return svg
}

function draw(text: string, title: string): Html {
  const code = qrcode(0, 'M')
  code.addData(text, 'Byte')
  code.make()
  const size = code.getModuleCount()
  let path = ''
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (!code.isDark(row, column)) continue
      let width = 1
      while (column + width < size && code.isDark(row, column + width)) width++
      path += `M${column} ${row}h${width}v1h-${width}z`
      column += width
    }
  }
  const whole = size + 2 * QUIET
  const label = title.replace(/[&<>"]/g, '')
  return constant(
    `<svg class="qr" role="img" aria-label="${label}" viewBox="-${QUIET} -${QUIET} ${whole} ${whole}"><path fill="#fff" d="M-${QUIET}-${QUIET}h${whole}v${whole}h-${whole}z"/><path d="${path}"/></svg>`,
  )
}
