import type { Direction, TraceGraph } from '@yuanliu/core'
import { connect, withKeyHint } from './connection.ts'
import { patiently } from './retry.ts'
import { print, printJson, type Shell } from './shell.ts'
import { traceLines } from './trace-tree.ts'

export interface TraceOptions {
  direction?: Direction
  /** ISO 8601 instant */
  at?: string
  /** index of a log entry, or ISO 8601 instant */
  known?: string
  depth?: string
  json?: boolean
}

/** Traces a code in any notation and prints a tree, or the graph as JSON. @throws RemoteProblem, Unreachable, Failure */
export async function traceCode(shell: Shell, code: string, options: TraceOptions = {}): Promise<number> {
  const { direction = 'backward', at, known, depth, json = false } = options
  const query = new URLSearchParams({
    code,
    direction,
    ...(at !== undefined && { at }),
    ...(known !== undefined && { known }),
    ...(depth !== undefined && { depth }),
  })
  const client = connect(shell)
  const answer = await withKeyHint(shell, () => patiently(shell, () => client.request(`/api/trace?${query}`)))
  const graph = (await answer.json()) as TraceGraph
  if (json) printJson(shell.stdout, graph)
  else for (const line of traceLines(graph, shell.language)) print(shell.stdout, line)
  return 0
}
