/**
 * Where tests kill a process: a crash at a named point, and not only at some moment (test/lifecycle/kill-points.test.ts).
 * With `YUANLIU_KILL_AT=log:committed#3` in the environment the process ends itself by SIGKILL, as if by a fault of power,
 * the third time that it comes to `killAt('log:committed')`; without `#3` the first time. Without the variable, which no
 * installation sets, nothing here does anything. It is no setting, and stands in no list of them.
 */
const [, point, times = '1'] = /^(.+?)(?:#(\d+))?$/.exec(process.env.YUANLIU_KILL_AT ?? '') ?? []
let left = Number(times)

/** Ends the process here, where a test has said so. */
export function killAt(name: string): void {
  if (name === point && --left === 0) process.kill(process.pid, 'SIGKILL')
}
