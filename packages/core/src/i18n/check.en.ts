import type { Messages } from './messages.ts'

/** The page on which anybody checks that records stand in the log, in English. */
export const check: Messages['check'] = {
  link: 'Check this record',
  linkText:
    'Every record is written to a signed log when it is received. Anybody can verify that it stands there and has not been altered since.',
  title: 'Check a record',
  of: name => `Check: ${name}`,
  back: 'Back to the product',
  pending: {
    title: 'Being verified on your device',
    text: 'One moment. If this line stays, the browser does not run scripts: download the bundle below and verify it with another program.',
  },
  ok: {
    title: 'Verified',
    text: 'The entries of all steps below stand in the signed log and have not been altered since the checkpoint was signed. Your browser has computed this.',
  },
  partly: {
    title: 'Verified in part',
    text: 'Every entry that has a proof was verified; the other steps have none yet, see the list.',
  },
  bad: {
    title: 'Not verified',
    text: 'The proof that the platform gave does not hold. Download and keep the bundle, and report it to the authorities.',
  },
  fork: {
    title: 'The log is not the one that you saw before',
    text: 'This platform has shown this device another version of its log. A log may grow and must never be rewritten: this is serious. Keep the two checkpoints below and report them to the authorities.',
  },
  failed: {
    title: 'Nothing was verified',
    text: 'The bundle could not be fetched, or the browser lacks an algorithm. That says nothing against the record; download the bundle and verify it with another program.',
  },
  why: 'Why',
  proves: 'What this proves',
  provesList: [
    'Each step listed has an entry in the log, with the number given.',
    'Since the checkpoint was signed, content, order and number of the entries cannot be altered unseen.',
    'This device remembers the checkpoint; the next check finds out whether the log has only grown since.',
  ],
  provesNot: 'What this does not prove',
  provesNotList: [
    'Not that what was reported is true, nor that the package holds this very product.',
    'An entry holds a salted commitment and no content: the public bundle proves that the record stands in the log. Whether the words on the page are those of the record can be verified with the full bundle (bytes and salts), which a key with the permission to read downloads.',
    'What the platform never recorded is not in its log: for missing steps see the product page.',
  ],
  checkpoint: 'Checkpoint',
  origin: 'Log',
  size: 'Entries',
  root: 'Root hash',
  suite: 'Algorithms',
  key: 'Verifier key',
  keyText:
    'Compare it with the key that the platform publishes elsewhere: a key taken from this page only proves that the parts agree.',
  shown: 'Shown since',
  shownText: time =>
    `This platform says: ${time}. A checkpoint bears no time of its own; only witnesses can prove one.`,
  witnesses: 'Witnesses',
  witnessed: (name, time) => `${name}, ${time}`,
  nobody:
    'No independent witness has cosigned yet. With the platform’s own signature alone it could show different logs to different people; whoever remembers checkpoints, as you do now, would find out.',
  memory: 'What this device remembers',
  memories: {
    none: 'After the check this device remembers the checkpoint.',
    first: 'Checked on this device for the first time; the checkpoint is remembered.',
    same: (size, time) => `The checkpoint is the one remembered ${time} (${size} entries).`,
    grown: (size, time) => `The log holds the ${size} entries remembered ${time}; it has grown and not changed.`,
    older: (size, time) =>
      `The platform now shows a checkpoint older than the one remembered ${time} (${size} entries); they agree.`,
    fork: (size, time) => `Not the ${size} entries that were remembered ${time}.`,
    key: time =>
      `The verifier key is not the one remembered ${time}. A platform announces a change of keys: please make sure.`,
  },
  before: 'The checkpoint remembered',
  now: 'The checkpoint now',
  records: 'Entries of the steps',
  entry: index => `Log entry ${index}`,
  states: {
    waiting: 'not verified yet',
    ok: 'in the log',
    opened: 'in the log, content as recorded',
    bad: 'the proof does not hold',
    unlogged: 'no proof yet',
  },
  independent: 'Verify it yourself',
  independentText:
    'The bundle has the entries, their proofs, the signed checkpoint and the verifier keys. Its format is public: a program of anybody can verify it.',
  download: 'Download the bundle (JSON)',
  more: n => `${n} more ${n === 1 ? 'step' : 'steps'}`,
  list: n => `There are ${n} steps; the first are listed here, all are in the bundle.`,
}
