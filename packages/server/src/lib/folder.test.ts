import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from './folder.ts'

it('makes what is missing, and says what stands in the way', () => {
  const root = mkdtempSync(join(tmpdir(), 'yuanliu-folder-'))
  makeFolder(join(root, 'a', 'b'))
  makeFolder(join(root, 'a', 'b'))
  expect(statSync(join(root, 'a', 'b')).mode & 0o777).toBe(0o700)
  writeFileSync(join(root, 'file'), '')
  expect(() => makeFolder(join(root, 'file', 'c'))).toThrow(/ENOTDIR|EEXIST/)
  rmSync(root, { recursive: true })
})

it.skipIf(!existsSync('/proc/self'))('ends where the system refuses with ENOENT (skipped without /proc)', () => {
  expect(() => makeFolder('/proc/yuanliu/x')).toThrow('ENOENT')
})
