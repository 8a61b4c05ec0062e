/** One question about what organisations manage, and what the answer was. */
interface Question {
  ask: () => Promise<unknown>
  answer: string
}

/**
 * What an answer rests on beside events: links, aliases and platforms as they stood at a revision. While the revision
 * stays nothing needs to be asked; when it has moved on, the same questions tell whether the answer still stands.
 */
export interface Consulted {
  revision: number
  /** milliseconds since the epoch at which time alone changes it: a link begins or ends */
  changesAt: number
  questions: Question[]
}

export function newConsulted(revision: number): Consulted {
  return { revision, changesAt: Number.POSITIVE_INFINITY, questions: [] }
}

/** Asks and remembers. Where nothing has ever been registered (revision 0) `none` is the answer. */
export async function consult<T>(consulted: Consulted, none: T, ask: () => Promise<T>): Promise<T> {
  const answer = consulted.revision === 0 ? none : await ask()
  consulted.questions.push({ ask, answer: JSON.stringify(answer) })
  return answer
}

/** Whether all answers still are what they were. */
export async function stillStands(consulted: Consulted, revision: number, now: number): Promise<boolean> {
  if (now >= consulted.changesAt) return false
  if (consulted.revision === revision) return true
  for (const { ask, answer } of consulted.questions) if (JSON.stringify(await ask()) !== answer) return false
  consulted.revision = revision
  return true
}
