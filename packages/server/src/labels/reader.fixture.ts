import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { inflateSync } from 'node:zlib'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

/** An independent reader of carriers (ZXing-C++), and what happens to a label before it is read. */

/** Grey values, 0 black to 255 white, row by row. */
export interface Picture {
  width: number
  height: number
  grey: Uint8Array
}

// The reader's WebAssembly comes out of its package: nothing is fetched.
const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'))
prepareZXingModule({
  overrides: {
    wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer,
  },
})

/** Everything that the reader finds in a picture: text, and the symbology as scanners say it (ISO/IEC 15424). */
export async function readPicture(picture: Picture): Promise<{ text: string; symbology: string }[]> {
  const { width, height, grey } = picture
  const data = new Uint8ClampedArray(width * height * 4)
  for (const [i, value] of grey.entries()) data.set([value, value, value, 255], i * 4)
  const found = await readBarcodes({ data, width, height, colorSpace: 'srgb' } as ImageData, {
    tryHarder: true,
    tryRotate: true,
    textMode: 'Plain',
  })
  return found
    .filter(result => result.isValid)
    .map(result => ({ text: result.text, symbology: result.symbologyIdentifier }))
}

/** A PNG without interlace, as grey over white. Depth 1 or 8: grey, colour or colour with transparency. */
export function decodePng(png: Uint8Array): Picture {
  const bytes = Buffer.from(png)
  let header = bytes
  const parts: Buffer[] = []
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const data = bytes.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') header = data
    if (type === 'IDAT') parts.push(data)
    at += length + 12
  }
  const width = header.readUInt32BE(0)
  const height = header.readUInt32BE(4)
  const depth = header[8] as number
  const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[header[9] as number]
  if (channels === undefined || (depth !== 8 && !(depth === 1 && channels === 1)) || header[12] !== 0)
    throw new Error('a PNG of another kind')
  const raw = unfiltered(inflateSync(Buffer.concat(parts)), Math.ceil((width * channels * depth) / 8), height, channels)
  const stride = raw.length / height
  const grey = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * stride + (depth === 1 ? x >> 3 : x * channels)
      const alpha = channels === 4 || channels === 2 ? (raw[at + channels - 1] as number) : 255
      const value = depth === 1 ? ((raw[at] as number) & (0x80 >> (x & 7)) ? 255 : 0) : (raw[at] as number)
      grey[y * width + x] = Math.round((value * alpha + 255 * (255 - alpha)) / 255)
    }
  }
  return { width, height, grey }
}

/** PNG §9: each row says how it was filtered. */
function unfiltered(rows: Buffer, stride: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)] as number
    for (let x = 0; x < stride; x++) {
      const left = x >= step ? (out[y * stride + x - step] as number) : 0
      const up = y > 0 ? (out[(y - 1) * stride + x] as number) : 0
      const corner = x >= step && y > 0 ? (out[(y - 1) * stride + x - step] as number) : 0
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] as number
      out[y * stride + x] = (rows[y * (stride + 1) + 1 + x] as number) + guess
    }
  }
  return out
}

function paeth(left: number, up: number, corner: number): number {
  const p = left + up - corner
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

/** Turned by degrees about its middle, on a larger white ground. */
export function turned({ width, height, grey }: Picture, degrees: number): Picture {
  const angle = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const w = Math.ceil(Math.abs(width * cos) + Math.abs(height * sin)) + 16
  const h = Math.ceil(Math.abs(width * sin) + Math.abs(height * cos)) + 16
  const out = new Uint8Array(w * h).fill(255)
  const at = (x: number, y: number) =>
    (x < 0 || y < 0 || x >= width || y >= height ? 255 : grey[y * width + x]) as number
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [dx, dy] = [x - (w - 1) / 2, y - (h - 1) / 2]
      const sx = dx * cos + dy * sin + (width - 1) / 2
      const sy = dy * cos - dx * sin + (height - 1) / 2
      const [fx, fy] = [Math.floor(sx), Math.floor(sy)]
      const [ax, ay] = [sx - fx, sy - fy]
      const top = at(fx, fy) * (1 - ax) + at(fx + 1, fy) * ax
      const low = at(fx, fy + 1) * (1 - ax) + at(fx + 1, fy + 1) * ax
      out[y * w + x] = Math.round(top * (1 - ay) + low * ay)
    }
  }
  return { width: w, height: h, grey: out }
}

/** Every dot twice as wide and high: what a camera sees of one printed dot. */
export function enlarged({ width, height, grey }: Picture, times: number): Picture {
  const out = new Uint8Array(width * height * times * times)
  for (let y = 0; y < height * times; y++)
    for (let x = 0; x < width * times; x++)
      out[y * width * times + x] = grey[Math.floor(y / times) * width + Math.floor(x / times)] as number
  return { width: width * times, height: height * times, grey: out }
}

/** White and black specks on a share of the dots, always the same ones. */
export function speckled(picture: Picture, share: number): Picture {
  const grey = picture.grey.slice()
  let seed = 20_261_001
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  for (let i = 0; i < grey.length; i++) if (random() < share) grey[i] = random() < 0.5 ? 0 : 255
  return { ...picture, grey }
}

/** Each dot the mean of its neighbours and itself. */
export function blurred({ width, height, grey }: Picture): Picture {
  const out = new Uint8Array(grey.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [sum, count] = [0, 0]
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (x + dx < 0 || y + dy < 0 || x + dx >= width || y + dy >= height) continue
          sum += grey[(y + dy) * width + x + dx] as number
          count++
        }
      }
      out[y * width + x] = Math.round(sum / count)
    }
  }
  return { width, height, grey: out }
}
