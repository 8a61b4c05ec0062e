import type { Exchange } from './exchange.ts'
import type { Tester } from './tester.ts'

/** The same in both languages. */
export interface Words {
  zh: string
  en: string
}

/** One behaviour of the standard, tried from outside. */
export interface Case {
  /** `family/name`; stays the same from release to release */
  id: string
  /** clause of EPCIS 2.0, and the path of its OpenAPI file */
  clause: string
  does: Words
  expects: Words
  /** @throws Mismatch where the server behaves otherwise, Skip where the case cannot apply to this server */
  run(tester: Tester): Promise<void>
}

/** The server did something else than the case expects. */
export class Mismatch extends Error {
  readonly expected: string
  readonly got: string
  /** the request that was answered wrongly */
  readonly exchange: Exchange | null

  constructor(expected: string, got: string, exchange: Exchange | null = null) {
    super(`expected ${expected}, got ${got}`)
    this.name = 'Mismatch'
    this.expected = expected
    this.got = got
    this.exchange = exchange
  }
}

/** The case cannot apply to this server, and why. */
export class Skip extends Error {
  readonly reason: Words

  constructor(zh: string, en: string) {
    super(en)
    this.name = 'Skip'
    this.reason = { zh, en }
  }
}
