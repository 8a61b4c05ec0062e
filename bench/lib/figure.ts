import type { DatabaseKind } from '../../packages/server/src/lib/db/db.ts'
import type { Options } from './options.ts'
import type { Row } from './row.ts'
import type { Worlds } from './worlds.ts'

/** What a figure is measured with. */
export interface Bench {
  database: DatabaseKind
  options: Options
  worlds: Worlds
}

/** One measurement, on one database. */
export interface Figure {
  id: string
  databases: readonly DatabaseKind[]
  /** takes too long for a run of all: measured where `--only` names it */
  onlyNamed?: boolean
  run(bench: Bench): Promise<Row[]>
}
