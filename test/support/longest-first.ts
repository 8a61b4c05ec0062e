import { relative } from 'node:path'
import type { TestSpecification } from 'vitest/node'
import { BaseSequencer } from 'vitest/node'

/**
 * Files of more than about ten seconds, longest first. One that begins last keeps a core idle: Vitest knows how long a file
 * took only from an earlier run in the same folder, and takes the size of its text until then.
 */
const LONG = [
  'test/lifecycle/start.test.ts',
  'packages/cli/src/demo.test.ts',
  'packages/server/src/log/signer.test.ts',
  'packages/server/src/witness/memory.test.ts',
  'test/lifecycle/kill-points.test.ts',
  'test/lifecycle/kill.test.ts',
  'test/log/independent.test.ts',
  'packages/cli/src/backup.test.ts',
  'packages/server/src/backup/upgrade.test.ts',
  'packages/server/src/log/retire.test.ts',
  'test/lifecycle/backup-kill.test.ts',
  'packages/server/src/sandbox/bounds.test.ts',
  'packages/server/src/trace/histories.test.ts',
  'test/log/independent-signature.test.ts',
  'packages/server/src/backup/backup.test.ts',
  'packages/server/src/log/sequencer.test.ts',
  'packages/server/src/log/faults.test.ts',
  'packages/server/src/log/hammer.test.ts',
  'packages/cli/src/log-rotation.test.ts',
  'packages/cli/src/log-monitor.test.ts',
  'packages/server/src/log/lag.test.ts',
  'packages/cli/src/log.test.ts',
  'packages/server/src/log/remembered.test.ts',
  'test/safety/fuzz.test.ts',
  'packages/server/src/labels/read-back.test.ts',
  'test/lifecycle/two-processes.test.ts',
  'test/safety/limits.test.ts',
  'packages/server/src/log/begin.test.ts',
  'packages/server/src/sandbox/sandbox.test.ts',
  'packages/server/src/trace/rules.test.ts',
  'packages/server/src/lib/db/embedded.test.ts',
  'packages/server/src/portal/caching.test.ts',
  'packages/server/src/subscriptions/sockets.test.ts',
  'packages/server/src/events/query.test.ts',
  'test/safety/keys.test.ts',
  'packages/server/src/events/language.test.ts',
  'packages/cli/src/import.test.ts',
  'test/lifecycle/witness-kill.test.ts',
  'test/lifecycle/webhook-kill.test.ts',
  'test/lifecycle/sync.test.ts',
]

const rank = new Map(LONG.map((file, i) => [file, i]))

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config
    const of = (file: TestSpecification) => rank.get(relative(root, file.moduleId)) ?? LONG.length
    const sorted = await super.sort(files)
    // Projects stay one after the other, so that a worker goes on with what it has loaded.
    const projects = [...new Set(sorted.map(file => file.project.name))]
    return projects.flatMap(name => sorted.filter(f => f.project.name === name).sort((a, b) => of(a) - of(b)))
  }
}
