import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Signature, and the header chunk with its length, type, 13 bytes and check sum. */
const AFTER_HEADER = SIGNATURE.length + 4 + 4 + 13 + 4

/**
 * A picture in black and white, one bit a dot (PNG §11.2.2, grey of depth 1).
 * @param {number} width in dots
 * @param {number} height in dots
 * @param {(x: number, y: number) => boolean} isDark
 */
export function bitmapPng(width, height, isDark) {
  const stride = 1 + Math.ceil(width / 8)
  const rows = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (isDark(x, y)) continue
      const at = y * stride + 1 + (x >> 3)
      rows[at] = /** @type {number} */ (rows[at]) | (0x80 >> (x & 7))
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/**
 * The picture with its density written into it (PNG §11.3.5.3), so that it prints in its true size.
 * @param {Uint8Array} png without a density
 * @param {number} dpi dots an inch
 */
export function withDensity(png, dpi) {
  const density = Buffer.alloc(9)
  const perMetre = Math.round(dpi / 0.0254)
  density.writeUInt32BE(perMetre, 0)
  density.writeUInt32BE(perMetre, 4)
  density[8] = 1
  return Buffer.concat([png.subarray(0, AFTER_HEADER), chunk('pHYs', density), png.subarray(AFTER_HEADER)])
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const whole = Buffer.alloc(named.length + 8)
  whole.writeUInt32BE(data.length, 0)
  named.copy(whole, 4)
  whole.writeUInt32BE(crc32(named), named.length + 4)
  return whole
}
