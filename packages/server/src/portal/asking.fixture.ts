import { request as httpRequest } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

export interface Got {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
  text: string
}

/** A request with exactly these headers: fetch adds its own and decompresses. */
export function get(url: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const request = httpRequest(
      { hostname, port, path, method, headers: { accept: 'text/html', ...headers } },
      response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk))
        response.on('end', () => {
          const body = Buffer.concat(chunks)
          const encoding = response.headers['content-encoding']
          const plain = encoding === 'br' ? brotliDecompressSync(body) : encoding === 'gzip' ? gunzipSync(body) : body
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text: plain.toString('utf8') })
        })
      },
    )
    request.on('error', reject)
    request.end()
  })
}

/** The words of a page, as a reader gets them. */
export const words = (html: string) =>
  html
    .replace(/<(style|svg)\b.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

/** Everything in the markup that could act: tags with handlers, foreign scripts, pictures. Text is escaped, so "<" is a tag. */
export const acting = (html: string) =>
  (html.match(/<[^>]*>/g) ?? []).filter(tag => {
    const bare = tag.replace(/"[^"]*"/g, '""')
    if (/^<script(?! src="\/assets\/[\w.]+" defer>)|(?:href|src|action)="\s*(?:javascript|data:text)/i.test(tag))
      return true
    return /^<(?:img|iframe|object|embed|svg\/|base|b>.)|\son\w+\s*=|'/i.test(bare)
  })
