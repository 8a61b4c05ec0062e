import type { FastifyBaseLogger } from 'fastify'

type Bindings = Parameters<FastifyBaseLogger['child']>[0]
type Options = Parameters<FastifyBaseLogger['child']>[1]

/**
 * A child of a logger that is made when something is logged: every request has one, and hardly any logs.
 * @param bindings what each line of it says, the request's id
 */
export function lateChild(logger: FastifyBaseLogger, bindings: Bindings, options: Options): FastifyBaseLogger {
  return new LateChild(logger, bindings, options) as unknown as FastifyBaseLogger
}

const METHODS = ['info', 'error', 'debug', 'fatal', 'warn', 'trace', 'silent', 'child'] as const

/** A class, for its prototype: an object of eight functions for each request would cost what is to be saved. */
class LateChild {
  #child: FastifyBaseLogger | null = null
  readonly #parent: FastifyBaseLogger
  readonly #bindings: Bindings
  readonly #options: Options

  constructor(parent: FastifyBaseLogger, bindings: Bindings, options: Options) {
    this.#parent = parent
    this.#bindings = bindings
    this.#options = options
  }

  made(): FastifyBaseLogger {
    this.#child ??= this.#parent.child(this.#bindings, this.#options)
    return this.#child
  }

  get level() {
    return this.made().level
  }
}

for (const name of METHODS) {
  Object.defineProperty(LateChild.prototype, name, {
    value(this: LateChild, ...words: unknown[]) {
      const child = this.made() as unknown as Record<string, (...words: unknown[]) => unknown>
      return child[name]?.(...words)
    },
  })
}
