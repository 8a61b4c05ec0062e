import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openEmbedded } from '../../packages/server/src/lib/db/embedded.ts'
import { openPostgres } from '../../packages/server/src/lib/db/postgres.ts'
import { migrate, readMigrations } from '../../packages/server/src/lib/migrate.ts'
import { MIGRATIONS } from '../../packages/server/src/lib/paths.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** where to get a migrated database: a folder to copy, or a PostgreSQL server with a template database */
    template: { folder: string } | { url: string; name: string }
  }
}

/** Makes one migrated database; every test file gets a copy of it (support/platform.ts). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.DATABASE_URL
  if (!url) {
    const folder = mkdtempSync(join(tmpdir(), 'yuanliu-template-'))
    const db = await openEmbedded(folder)
    await migrate(db, readMigrations(MIGRATIONS))
    await db.close()
    project.provide('template', { folder })
    return async () => rmSync(folder, { recursive: true, force: true })
  }
  const name = `yuanliu_template_${process.pid}`
  await command(url, `create database ${name}`)
  const db = await openPostgres(withDatabase(url, name), 2)
  await migrate(db, readMigrations(MIGRATIONS))
  await db.close()
  project.provide('template', { url, name })
  return () => command(url, `drop database if exists ${name} with (force)`)
}

/** Runs one statement that cannot stand in a transaction. */
export async function command(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
