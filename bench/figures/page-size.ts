import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { Figure } from '../lib/figure.ts'
import { getPage } from '../lib/page.ts'
import { atMost } from '../lib/row.ts'
import { shelfPath } from '../lib/shelf.ts'
import { figures } from '../lib/table.ts'

/** Bytes on the wire of the first view of a page with twelve steps: the page itself and what it loads at once. */
export const pageSizeFigure: Figure = {
  id: 'page-size',
  databases: ['postgresql', 'embedded'],
  async run({ database, worlds }) {
    const server = await (await worlds.large()).server()
    const page = await getPage(server.url, shelfPath(0))
    const isBrotli = page.headers['content-encoding'] === 'br'
    const html = (isBrotli ? brotliDecompressSync : gunzipSync)(page.body).toString()
    const steps = html.match(/<time datetime/g)?.length ?? 0
    if (steps < 12) throw new Error(`page-size: the page shows ${steps} steps, not 12`)
    // A style sheet or picture of its own would be a second request before anything is seen.
    const more = html.match(/<link[^>]+rel="?stylesheet|<img[^>]+src="(?!data:)/g)?.length ?? 0
    return [
      {
        id: 'page-size',
        title: 'first view of a page with 12 steps, compressed',
        database,
        value: page.body.length / 1000,
        unit: 'kB',
        bar: atMost(10),
        raw: null,
        note: `${page.headers['content-encoding']}; ${figures(Buffer.byteLength(html) / 1000)} kB plain; ${steps} steps; ${more} further requests`,
      },
    ]
  },
}
