import { endpoint } from './endpoint.ts'

export const getBackup = endpoint({
  id: 'getBackup',
  method: 'GET',
  path: '/api/backup',
  permission: 'admin',
  produces: ['application/gzip'],
  summary: {
    zh: '备份：此刻的整个数据库，与引擎无关的流；平台照常运行。含密钥摘要与签名密文，须妥善保管',
    en: 'A backup: the whole database as it is now, as a stream that either engine can be restored from, while the platform runs. It holds secrets: keep it as you keep the database',
  },
})
