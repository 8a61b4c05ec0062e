import type { Language, Shell } from './shell.ts'

export interface Recorded extends Shell {
  out(): string
  err(): string
}

/** A shell that keeps what is printed. */
export function recorded(env: Shell['env'], language: Language = 'en'): Recorded {
  const texts = { out: '', err: '' }
  return {
    env,
    language,
    stdout: {
      write: text => {
        texts.out += text
      },
    },
    stderr: {
      write: text => {
        texts.err += text
      },
    },
    out: () => texts.out,
    err: () => texts.err,
  }
}
