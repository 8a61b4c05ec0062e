/** What `yuanliu backup`, `restore`, `event` and `log retire` say. */
export const backupMessages = {
  backupAbout: {
    zh: '备份：平台运行中即可，写成与数据库引擎无关的一个文件（仅本人可读）。依次取 --url、--database、--data-dir；都不给时按 YUANLIU_URL、DATABASE_URL、DATA_DIR。不含日志签名密钥与检查点文件',
    en: 'write a backup, while the platform runs, as one file that either engine can be restored from (readable by its owner only). From --url, --database or --data-dir; without one, as YUANLIU_URL, DATABASE_URL or DATA_DIR say. The key of the log and the checkpoint files are not in it',
  },
  backupFile: { zh: '要写的文件；- 为标准输出', en: 'the file to write; - for standard output' },
  backupUrl: { zh: '经运行中的平台备份（需管理密钥）', en: 'through a running platform (needs an administration key)' },
  backupDatabase: { zh: 'PostgreSQL 地址', en: 'address of a PostgreSQL database' },
  backupFolder: { zh: '数据目录（其平台须已停止）', en: 'a data folder (its platform must be stopped)' },
  backupExists: { zh: '{path} 已存在，不会覆盖', en: '{path} exists already; nothing is written over' },
  backupDone: {
    zh: '{path}：{tables} 张表 {rows} 行，至采集位置 {position}；已核对校验和。其中含密钥摘要等机密，请妥善保管。',
    en: '{path}: {tables} tables, {rows} rows, up to capture position {position}; checksums verified. It holds secrets: keep it as you keep the database.',
  },
  backupRows: { zh: '{rows} 行', en: '{rows} rows' },
  restoreAbout: {
    zh: '把备份恢复到空的数据库或数据目录：先核对整个文件（行数、校验和、版本）以及已发布的检查点，再写入；全部成功或不留痕迹',
    en: 'restore a backup into an empty database or data folder: the whole file (counts, checksums, version) and the published checkpoints are compared first; then all of it is written, or nothing',
  },
  restoreFile: { zh: '备份文件', en: 'the backup' },
  restoreVerify: { zh: '核对备份', en: 'verifying the backup' },
  restoreLoad: { zh: '写入', en: 'restoring' },
  restoreDone: {
    zh: '已恢复 {made} 的备份：{rows} 行，采集位置 {position}。',
    en: 'Restored the backup of {made}: {rows} rows, capture position {position}.',
  },
  restoreMigrated: { zh: '此后又执行了 {count} 个迁移。', en: '{count} migrations were applied behind it.' },
  restoreRetired: {
    zh: '日志 {origins} 已声明终止；下次启动时在已恢复的事件上开始新日志。',
    en: 'The log {origins} has ended; the next start begins the new one over the events restored.',
  },
  restoreBehind: {
    zh: '注意：{folder} 记得的采集位置是 {remembered}，备份只到 {position}：其后确认过的事件不在其中，平台会拒绝启动并说明原因。',
    en: 'Note: {folder} remembers capture position {remembered}, the backup ends at {position}: events acknowledged behind it are missing, and a start will refuse and say so.',
  },
  logRetireAbout: {
    zh: '终止日志并改用新名称：签署声明（旧密钥在则一并签），保存在数据库之外，换上新密钥；下次启动在现有事件上开始新日志。平台须已停止；恢复较旧的备份之前也用它',
    en: 'end the log and begin another: signs a statement (by the old key too, where it is there), keeps it outside the database and puts a new key in place; the next start begins the new log over the events that there are. With the platform stopped; also before an older backup is restored',
  },
  logRetireOrigin: {
    zh: '新日志的名称，如 trace.example.org/log2',
    en: 'origin of the new log, such as trace.example.org/log2',
  },
  logRetireReason: { zh: '为何终止（公开）', en: 'why it ends, for everybody to read' },
  logRetired: {
    zh: '日志 {origin} 止于 {size} 条；由 {newOrigin} 接续。声明：',
    en: 'The log {origin} has ended with {size} entries; {newOrigin} goes on. The statement:',
  },
  logRetiredUnsigned: {
    zh: '旧密钥不在，声明只有新密钥的签名：请另行公告。',
    en: 'The old key is not here, so that only the new one signed the statement: say so elsewhere, too.',
  },
  logRetiredNext: {
    zh: '请公布新的验证密钥；旧密钥文件已改名保留，不再需要时销毁。新验证密钥：{key}',
    en: 'Publish the new verifier key; the file of the old key was renamed, destroy it when nothing needs it. The new verifier key: {key}',
  },
  restorePointAt: { zh: '此前的恢复点：{path}', en: 'Restore point of before: {path}' },
  eventAbout: { zh: '事件：依规删除内容', en: 'events: delete content' },
  eventDeleteAbout: {
    zh: '依规删除一个已列入日志的事件的内容，不可恢复；日志条目保留，并记下由谁、因何、依据什么',
    en: 'delete the content of a logged event for good; its log entry stays, and the log says by whom, why and on what ground',
  },
  eventId: { zh: '事件编号', en: 'id of the event' },
  eventReason: {
    zh: '缘由：保存期满、个人信息、依令删除',
    en: 'why: its retention has ended, personal data, or by order of an authority',
  },
  eventGround: {
    zh: '依据（规定、申请或文书），随日志保存',
    en: 'on what ground (rule, request, order), in words; kept with the log',
  },
  eventPart: { zh: '0 为事件本身，1… 为其更正声明', en: '0 the event itself, 1… its error declarations' },
  eventDeleted: {
    zh: '{id}：内容已删除；日志条目 {index} 保留，墓碑已记入',
    en: '{id}: its content is deleted; log entry {index} stays, a tombstone says why',
  },
} as const
