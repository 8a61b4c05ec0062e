import { backupMessages } from './backup-messages.ts'

/** What `yuanliu log` says, and the commands that keep a log from going back. */
export const logMessages = {
  logAbout: {
    zh: '可验证日志：核验、监视、生成签名密钥、读者',
    en: 'the signed log: verify, monitor, make a key, readers',
  },
  logVerifyAbout: {
    zh: '从头到尾重读日志并核验：网址（公开部分）、备份文件或数据目录（含全部事件；平台须已停止）；默认按 DATABASE_URL 或 DATA_DIR',
    en: 'read a whole log again and check it: of an address (what is public), of a backup, or of a data folder (every event too; the platform must be stopped); by default what DATABASE_URL or DATA_DIR name',
  },
  logVerifyPlace: { zh: '平台网址、备份文件或数据目录', en: 'address of a platform, a backup, or a data folder' },
  logKeyOption: {
    zh: '日志的验证密钥（可重复，换过密钥的日志可同时给出先前的）；不给则采用平台所示或数据中的，只能证明前后一致',
    en: 'verifier key of a log (may be repeated, also for an earlier key of the same log); without it what the platform shows or the data has is believed, which proves consistency only',
  },
  logPolicyOption: {
    zh: '策略文件（C2SP tlog-policy）：其 log 行的密钥为准，且联署须满足其 quorum',
    en: 'policy file (C2SP tlog-policy): the keys of its log lines are believed, and the cosignatures must meet its quorum',
  },
  logCosigned: {
    zh: '{origin}：{size} 条条目的检查点已由见证人联署：{witnesses}',
    en: '{origin}: a checkpoint of {size} entries meets the policy, cosigned by {witnesses}',
  },
  logNotCosigned: {
    zh: '没有联署满足策略的检查点',
    en: 'no checkpoint whose cosignatures meet the policy',
  },
  logPolicyFile: { zh: '{file}：{words}', en: '{file}: {words}' },
  logMonitorAbout: {
    zh: '定期取检查点，核对与先前所见一致并保存',
    en: 'fetch checkpoints, check that each continues what was seen before, and keep them',
  },
  logMonitorDir: {
    zh: '保存所见检查点与证据的文件夹，只增不减（默认 ./log-monitor）',
    en: 'folder for the checkpoints seen, each in a file, and for evidence; it only grows (default ./log-monitor)',
  },
  logMonitorEvery: { zh: '间隔秒数（默认 60）', en: 'seconds between two looks (default 60)' },
  logMonitorOnce: { zh: '只查一次', en: 'look once' },
  logKeyAbout: {
    zh: '生成日志签名密钥文件（仅本人可读；设置 LOG_KEY_PASSPHRASE 则加密）',
    en: 'make a key file for a log, readable by its owner only (sealed if LOG_KEY_PASSPHRASE is set)',
  },
  logKeyFile: { zh: '密钥文件', en: 'the file to make' },
  logKeyOrigin: { zh: '日志名称，如 trace.example.org/log', en: 'origin of the log, such as trace.example.org/log' },
  logKeySuite: { zh: '密码套件（默认 sha256-ed25519）', en: 'suite (default sha256-ed25519)' },
  logKeyWitness: {
    zh: '见证人的密钥（为他人的日志联署），名称由 --origin 给出',
    en: 'a key of a witness, to cosign the logs of others; --origin gives its name',
  },
  logKeyMade: { zh: '{path} 已生成；验证密钥：', en: '{path} is made; the verifier key:' },
  logNone: { zh: '{place}：没有日志', en: '{place}: there is no log' },
  logTrusted: {
    zh: '验证密钥取自平台本身：{key}。请与从别处得到的核对。',
    en: 'The verifier key was taken from the platform itself: {key}. Compare it with one that you got elsewhere.',
  },
  logTrustedData: {
    zh: '验证密钥取自被核验的数据本身（{place}）：{key}。能改动这些数据的人也能换上自己的密钥重新签名，所以结果只证明数据与此密钥前后一致。请与从别处得到的密钥核对，并用 --key 或 --policy 给出。',
    en: 'The verifier key was taken from the data that is verified ({place}): {key}. Who can alter the data can also put in a key of his own and sign again, so this proves only that all agrees with that key. Compare it with one that you got elsewhere, and give that with --key or --policy.',
  },
  logGood: { zh: '{origin}：{size} 条条目，核验无误', en: '{origin}: {size} entries, all as signed' },
  logEvents: {
    zh: '事件：{opened} 个原文与日志相符，{deleted} 个已依规删除，{waiting} 个待列入',
    en: 'events: {opened} are what was logged, {deleted} deleted with a tombstone, {waiting} waiting for the log',
  },
  logSignatures: {
    zh: '签名：{signatures} 个有效；{late} 项声明在日志中晚于其所述之事',
    en: 'signatures: {signatures} hold; {late} statements stand in the log later than what they say',
  },
  logFinding: { zh: '不符 {at}：{words}', en: 'DIFFERS {at}: {words}' },
  logBad: { zh: '发现 {count} 处不符', en: '{count} differences were found' },
  logProgress: { zh: '条目 {done}/{total}', en: 'entry {done}/{total}' },
  logSeen: {
    zh: '{origin}：{size} 条，与先前所见一致',
    en: '{origin}: {size} entries, continues what was seen before',
  },
  logFirst: {
    zh: '{origin}：{size} 条，首次所见，已保存',
    en: '{origin}: {size} entries, seen for the first time, kept',
  },
  logForked: {
    zh: '{origin}：与先前所见的检查点（{before} 条，{kept}）不一致，日志可能被改写或分叉',
    en: '{origin}: does not continue the checkpoint of {before} entries that was seen before ({kept}): rewritten, or shown differently to others',
  },
  logShrunk: {
    zh: '{origin}：只有 {size} 条，先前见过 {before} 条（{kept}）',
    en: '{origin}: only {size} entries, {before} were seen before ({kept})',
  },
  logEvidence: { zh: '该检查点已作为证据保存：{file}', en: 'That checkpoint is kept as evidence: {file}' },
  logKeptWrong: {
    zh: '{file}：所保存的检查点不可信：{words}',
    en: '{file}: the checkpoint that was kept is not believed: {words}',
  },
  logVanished: {
    zh: '{origin}：平台不再列出此日志；最后所见的检查点：{last}。若已宣告终止，见 {url}/log/retired；核实后删除 {file} 即可继续',
    en: '{origin}: the platform no longer lists this log; the last checkpoint seen: {last}. If it has ended, {url}/log/retired says so; to go on without it, remove {file}',
  },
  logAway: {
    zh: '{reason} 将反复重试。',
    en: '{reason} Trying again until it does.',
  },
  logBack: { zh: '{url} 已恢复应答，中断 {seconds} 秒', en: '{url} answers again, after {seconds} s' },
  logReadersAbout: {
    zh: '日志的读者：各自读到何处、落后多少',
    en: 'who follows the log: where each is, how far behind',
  },
  logReadersJson: { zh: '以 JSON 输出', en: 'print JSON' },
  logReaderAbout: { zh: '一个读者', en: 'one reader' },
  logReaderRebuildAbout: {
    zh: '令读者从第一个事件重新读起；其所得先清空',
    en: 'let it begin again with the first event; what it had made is thrown away first',
  },
  logReaderName: { zh: '读者名称', en: 'name of the reader' },
  logReaderLine: {
    zh: '{name}  读到 {position}  落后 {lag}  {followers} 个  {rebuilds}',
    en: '{name}  at {position}  behind by {lag}  followers {followers}  {rebuilds}',
  },
  logReaderRebuilds: { zh: '可重建', en: 'can be rebuilt' },
  logReaderAt: { zh: '已采集至 {position}', en: 'captured up to {position}' },
  logReaderBegun: { zh: '{name}：已从头开始', en: '{name}: begun again' },
  logOtherKey: {
    zh: '{origin}：由另一密钥签名：{key}。若运营者已公布其更换密钥，请从别处核对后以 --key 给出',
    en: '{origin}: signed by another key, {key}. If its operator has published that the key changes, compare it and give it with --key',
  },
  logNewKey: {
    zh: '{origin}：现由 {key} 接替签名。请与运营者公布的核对。',
    en: '{origin}: {key} now signs in the place of the key before. Compare it with what its operator has published.',
  },
  ...backupMessages,
} as const
