import { Code, type Kernel, type Local } from './code.ts'

/**
 * What SHA-256 and SM3 have in common: blocks of 64 bytes, eight words of state, sixteen of the message, all big-endian.
 * A kernel takes one block of each of four messages, whose states stand side by side, and moves all four on at once.
 */

/** Where the states stand: word by word, of each word the four lanes. */
export const STATE = 0
export const STATE_BYTES = 8 * 16
/** Bytes that a hash takes in at once. */
export const BLOCK = 64
/** A stencil: what is kept of a block as it lies in memory, and then what stands in the other places. */
export const STENCIL_BYTES = 2 * BLOCK

export type Eight = readonly [Local, Local, Local, Local, Local, Local, Local, Local]

/** The registers of a kernel. */
export interface Registers {
  /** word of the message that is in use in round `t` */
  word(t: number): Local
  /** the eight words of the state */
  state: Eight
  /** four for whatever is needed */
  free: readonly [Local, Local, Local, Local]
}

/** The first parameters of a kernel are addresses, one for each lane. */
export const LANES = 4
const STENCIL = LANES
const WORDS = STENCIL + 1
const STATES = WORDS + 16
const FREE = STATES + 8
const END = FREE + 4

/**
 * Writes the kernel of a hash: reads a block of each message through the stencil into the words, runs the rounds, and joins
 * what comes out with the state that was. Parameters: where the four blocks are, and where the stencil is.
 * @param rounds writes the rounds; gives the registers in the order of the state's words
 */
export function blockKernel(
  name: string,
  rounds: (code: Code, registers: Registers) => Eight,
  join: (code: Code) => void,
): Kernel {
  const code = new Code()
  const registers: Registers = {
    word: t => WORDS + (t % 16),
    state: [STATES, STATES + 1, STATES + 2, STATES + 3, STATES + 4, STATES + 5, STATES + 6, STATES + 7],
    free: [FREE, FREE + 1, FREE + 2, FREE + 3],
  }
  for (let quarter = 0; quarter < 4; quarter++) {
    for (const [lane, row] of registers.free.entries()) {
      code.get(lane).load(quarter * 16)
      code
        .get(STENCIL)
        .load(quarter * 16)
        .and()
      code
        .get(STENCIL)
        .load(BLOCK + quarter * 16)
        .or()
        .set(row)
      swapBytes(code, row)
    }
    const column = (i: number) => registers.word(quarter * 4 + i)
    transpose(code, registers.free, [column(0), column(1), column(2), column(3)])
  }
  for (const [i, local] of registers.state.entries())
    code
      .i32(STATE)
      .load(i * 16)
      .set(local)
  for (const [i, local] of rounds(code, registers).entries()) {
    code
      .i32(STATE)
      .get(local)
      .i32(STATE)
      .load(i * 16)
    join(code)
    code.store(i * 16)
  }
  return { name, parameters: LANES + 1, vectors: END - WORDS, code }
}

/** Writes what begins four messages: the state of each is the initial one. */
export function beginKernel(name: string, initial: readonly number[]): Kernel {
  const code = new Code()
  for (const [i, word] of initial.entries())
    code
      .i32(STATE)
      .all(word)
      .store(i * 16)
  return { name, parameters: 0, vectors: 0, code }
}

/** Writes what ends four messages: their hashes are stored where the parameters say. */
export function endKernel(name: string): Kernel {
  const code = new Code()
  const columns: Four = [4, 5, 6, 7]
  const rows: Four = [8, 9, 10, 11]
  for (const half of [0, 1]) {
    for (const [i, column] of columns.entries())
      code
        .i32(STATE)
        .load((half * 4 + i) * 16)
        .set(column)
    transpose(code, columns, rows)
    for (const [lane, row] of rows.entries()) {
      swapBytes(code, row)
      code
        .get(lane)
        .get(row)
        .store(half * 16)
    }
  }
  return { name, parameters: LANES, vectors: 8, code }
}

type Four = readonly [Local, Local, Local, Local]

const bytesOfWords = (words: readonly number[]) => words.flatMap(w => [0, 1, 2, 3].map(i => w * 4 + i))
/** Words of two vectors: 0 to 3 of the first, 4 to 7 of the second. */
const LOWER_TWO = bytesOfWords([0, 4, 1, 5])
const UPPER_TWO = bytesOfWords([2, 6, 3, 7])
const LOWER_HALVES = bytesOfWords([0, 1, 4, 5])
const UPPER_HALVES = bytesOfWords([2, 3, 6, 7])

/** Rows of four words become columns. What was in the rows is lost. */
function transpose(code: Code, [p, q, r, s]: Four, [a, b, c, d]: Four): void {
  const pick = (x: Local, y: Local, bytes: readonly number[], into: Local) =>
    code.get(x).get(y).shuffle(bytes).set(into)
  pick(p, q, LOWER_TWO, a)
  pick(r, s, LOWER_TWO, b)
  pick(p, q, UPPER_TWO, c)
  pick(r, s, UPPER_TWO, d)
  pick(a, b, LOWER_HALVES, p)
  pick(a, b, UPPER_HALVES, b)
  pick(c, d, LOWER_HALVES, q)
  pick(c, d, UPPER_HALVES, d)
  code.get(p).set(a).get(q).set(c)
}

const SWAPPED = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]

/** Turns the bytes of each word round. */
function swapBytes(code: Code, local: Local): void {
  code.get(local).get(local).shuffle(SWAPPED).set(local)
}
