import { isUtf8 } from 'node:buffer'
import type { XmlElement } from '@yuanliu/core'
import { faultAt, ScanError, type TextLimits } from '../scan/fault.ts'
import { validUtf8Length } from '../scan/utf8.ts'
import { TOKEN, tagLexer } from './tag-lexer.ts'
import { START, treeParser } from './tree.ts'

/** The root element of a small document, and its exact bytes without what stands around it. @throws ScanError */
export function soleElement(body: Buffer, limits: TextLimits): { bytes: Buffer; element: XmlElement } {
  if (!isUtf8(body)) throw new ScanError({ ...faultAt('utf8', validUtf8Length(body), ''), line: 1, column: 1 })
  const lexer = tagLexer()
  let open = 0
  let from = 0
  let start = -1
  let end = body.length
  for (let i = 0; i < body.length; i++) {
    const token = lexer.step(body[i] as number)
    if (token === TOKEN.markup) from = i
    else if (token === TOKEN.open || token === TOKEN.empty) {
      if (start < 0) start = from
      if (token === TOKEN.open) open++
      else if (open === 0) end = i + 1
    } else if (token === TOKEN.close && --open === 0) end = i + 1
    if (lexer.declares()) throw new ScanError({ ...faultAt('dtd', i, ''), line: 1, column: i + 1 })
  }
  const parser = treeParser(limits, null)
  parser.begin(START)
  parser.write(body.toString('utf8').replace(/^\ufeff/, ''))
  const element = parser.end()
  return { bytes: body.subarray(Math.max(0, start), end), element }
}
