import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
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

/**
 * Builds what runs in processes of its own, and the browser's scripts that are bundled; makes one migrated database, of which
 * every test file gets a copy (support/platform.ts).
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: join(import.meta.dirname, '../..'), stdio: 'inherit' })
  const url = process.env.DATABASE_URL
  if (!url) {
    const folder = mkdtempSync(join(tmpdir(), 'yuanliu-template-'))
    const db = await openEmbedded(folder)
    await migrate(db, readMigrations(MIGRATIONS))
    await db.close()
    // At every start all of its buffers are written to once: the 128 MB of the default are half of what a start costs.
    appendFileSync(join(folder, 'db', 'postgresql.conf'), '\nshared_buffers = 32MB\n')
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

/** Runs statements that cannot stand in a transaction, one after the other. */
export async function command(url: string, ...texts: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const text of texts) await client.query(text)
  } finally {
    await client.end()
  }
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
