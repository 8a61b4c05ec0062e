/** WebAssembly written by hand: just what the kernels of hashes need (WebAssembly Core 2.0 §5; vectors: §5.4.8). */

/** Number of a local: parameters first. */
export type Local = number

const I32 = 0x7f
const V128 = 0x7b
/** log2 of the alignment that loads and stores promise: none is demanded */
const UNALIGNED = 0

const NOT_ROTATED = [0, 1, 2, 3]

/** The body of a function on vectors of four 32-bit numbers, written instruction by instruction. */
export class Code {
  readonly bytes: number[] = []

  get(local: Local): this {
    return this.put(0x20, local)
  }

  set(local: Local): this {
    return this.put(0x21, local)
  }

  /** Sets a local and leaves the value. */
  tee(local: Local): this {
    return this.put(0x22, local)
  }

  i32(value: number): this {
    this.bytes.push(0x41)
    putSigned(this.bytes, value | 0)
    return this
  }

  /** The same number in each lane. */
  all(value: number): this {
    return this.i32(value).vector(0x11)
  }

  /** Four words from an address on the stack and `offset` bytes behind it. */
  load(offset: number): this {
    return this.vector(0x00).put(UNALIGNED, offset)
  }

  /** Stores the vector on the stack at the address below it and `offset` bytes behind it. */
  store(offset: number): this {
    return this.vector(0x0b).put(UNALIGNED, offset)
  }

  add(): this {
    return this.vector(0xae)
  }

  and(): this {
    return this.vector(0x4e)
  }

  or(): this {
    return this.vector(0x50)
  }

  xor(): this {
    return this.vector(0x51)
  }

  /** Of three values, below the last: each bit from the first where the last has 1, else from the second. */
  choose(): this {
    return this.vector(0x52)
  }

  /** Bytes of two vectors, by number: 0 to 15 of the first, 16 to 31 of the second. */
  shuffle(bytes: readonly number[]): this {
    this.vector(0x0d).bytes.push(...bytes)
    return this
  }

  shiftRight(local: Local, by: number): this {
    return this.get(local).i32(by).vector(0xad)
  }

  /** A local with each lane rotated left. */
  rotateLeft(local: Local, by: number): this {
    if (by % 8 === 0) return this.rotateBytes(local, by / 8)
    this.get(local).i32(by).vector(0xab)
    return this.shiftRight(local, 32 - by).or()
  }

  rotateRight(local: Local, by: number): this {
    return this.rotateLeft(local, 32 - by)
  }

  /** By whole bytes one instruction does it. Lanes are little-endian: byte 0 is the lowest. */
  private rotateBytes(local: Local, by: number): this {
    const lanes = [0, 4, 8, 12].flatMap(lane => NOT_ROTATED.map(i => lane + ((i + 4 - by) % 4)))
    return this.get(local).get(local).shuffle(lanes)
  }

  private vector(instruction: number): this {
    this.bytes.push(0xfd)
    return this.put(instruction)
  }

  private put(...numbers: number[]): this {
    for (const n of numbers) putUnsigned(this.bytes, n)
    return this
  }
}

/** A function to be exported: `parameters` addresses in, nothing out. */
export interface Kernel {
  name: string
  parameters: number
  /** locals behind the parameters, all of them vectors */
  vectors: number
  code: Code
}

/** A module with one memory of its own, exported as `memory`, and these functions under their names. */
export function moduleOf(kernels: readonly Kernel[], pages: number): Uint8Array<ArrayBuffer> {
  const types = kernels.map(k => [0x60, ...vectorOf(Array.from({ length: k.parameters }, () => [I32])), 0])
  const bodies = kernels.map(({ vectors, code }) => {
    const body = [1, ...unsigned(vectors), V128, ...code.bytes, 0x0b]
    return unsigned(body.length).concat(body)
  })
  const exported = kernels.map(({ name }, i) => [...nameOf(name), 0, ...unsigned(i)])
  return Uint8Array.from(
    [
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, vectorOf(types)),
      section(3, vectorOf(kernels.map((_, i) => unsigned(i)))),
      section(5, vectorOf([[0, ...unsigned(pages)]])),
      section(7, vectorOf([[...nameOf('memory'), 2, 0], ...exported])),
      section(10, vectorOf(bodies)),
    ].flat(),
  )
}

function section(id: number, content: number[]): number[] {
  return [id, ...unsigned(content.length)].concat(content)
}

function vectorOf(items: readonly number[][]): number[] {
  return unsigned(items.length).concat(...items)
}

function nameOf(text: string): number[] {
  return [...unsigned(text.length), ...Buffer.from(text, 'latin1')]
}

function unsigned(n: number): number[] {
  const bytes: number[] = []
  putUnsigned(bytes, n)
  return bytes
}

/** LEB128 (§5.2.2). */
function putUnsigned(bytes: number[], n: number): void {
  let rest = n
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  bytes.push(rest)
}

function putSigned(bytes: number[], n: number): void {
  let rest = n
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 127) | 128)
    rest >>= 7
  }
  bytes.push(rest & 127)
}
