import type { CarrierSpec, Codes } from '@yuanliu/core'
import { readSchemes } from '../lib/data.ts'
import { DATA } from '../lib/paths.ts'
import { createDrawer, type Drawer, type Drawing } from './draw.ts'
import { readLabelForms } from './labels.ts'

export const forms = readLabelForms(DATA)
export const codes: Codes = readSchemes(DATA)
export const drawer: Drawer = createDrawer()

export function carrier(id: string): CarrierSpec {
  const spec = forms.carriers.get(id)
  if (!spec) throw new Error(`no carrier ${id}`)
  return spec
}

/** Place for bars on an ordinary label, millimetres. */
const ROOM = { width: 110, height: 18, snap: true }

/** Draws a text in a carrier as PNG, bars no higher than a label has room for; throws where it is refused. */
export async function drawn(
  id: string,
  text: string,
  { dpi = 300, module, options = {} }: { dpi?: number; module?: number; options?: CarrierSpec['options'] } = {},
): Promise<Drawing & { body: Uint8Array }> {
  const known = carrier(id)
  const spec = { ...known, options: { ...known.options, ...options } }
  if (module !== undefined) spec.module = { ...spec.module, target: module }
  const room = spec.kind === 'linear' ? ROOM : null
  const result = await drawer.draw({ spec, text, format: 'png', room, module: null, dpi })
  if (!('body' in result) || typeof result.body === 'string') throw new Error(`${id}: ${JSON.stringify(result)}`)
  return { ...result, body: result.body }
}
