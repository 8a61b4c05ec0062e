/**
 * What a backup is (docs/adr/0022): gzip over lines of JSON, the same for both engines and every version of either.
 *
 *   a `Header`
 *   for each table, in an order in which foreign keys hold: a `TableStart`; a row a line, an array with the text of each
 *   value as PostgreSQL writes it (`bytea`: base64; null: null); a `TableEnd`
 *   `Sequences`
 *   a `Trailer`
 */

/** Counted up when a reader of before would misunderstand. */
export const FORMAT = 1

export interface Column {
  name: string
  /** as PostgreSQL names it, e.g. `bigint`, `text[]` */
  type: string
}

export interface Header {
  yuanliu: 'backup'
  format: number
  /** version of the program that wrote it */
  program: string
  /** ISO 8601 */
  made: string
  engine: { kind: string; version: string }
  /** migrations that the database had, in order */
  migrations: { id: number; name: string; sha256: string }[]
  /** the last capture position: every event up to it is in the backup, and none behind it */
  position: number
  /** trees of the signed log: suite, name, entries, the last signed checkpoint as text */
  log: { suite: number; origin: string; size: number; checkpoint: string }[]
  tables: string[]
}

export interface TableStart {
  table: string
  columns: Column[]
}

export interface TableEnd {
  end: string
  rows: number
  /** SHA-256 over the rows' lines, each with its line feed; hexadecimal */
  sha256: string
}

export interface Sequence {
  name: string
  last: string
  called: boolean
}
export interface Sequences {
  sequences: Sequence[]
}

export interface Trailer {
  trailer: true
  tables: number
  rows: number
  /** SHA-256 over every line before this one, each with its line feed; hexadecimal */
  sha256: string
}

/** A row: the text of each value, in the order of the columns. */
export type Row = (string | null)[]

/** A backup cannot be used; the words say why, and nothing was touched. */
export class BadBackup extends Error {}
