import { type Case, Mismatch, Skip } from './case.ts'
import { brief, jsonOf, memberOf } from './exchange.ts'
import {
  expectEqual,
  expectEvents,
  expectHeader,
  expectMember,
  expectProblem,
  expectStatus,
  expectThat,
  expectVersions,
} from './expect.ts'
import { CONTEXT, documentOf, newCodes, objectEvent } from './sample.ts'
import type { Tester } from './tester.ts'

const CLAUSE = '§12.6; POST /capture'
const INVALID = 'ValidationException'
/** Larger limits are not tried: nobody wants that load from a test. */
const TRIED_EVENTS = 20_000
const TRIED_BYTES = 16 * 1024 * 1024

/** Capture of documents (EPCIS 2.0 §12.6). */
export const CAPTURE_CASES: readonly Case[] = [
  {
    id: 'capture/document',
    clause: CLAUSE,
    does: { zh: '采集含两个事件的文档', en: 'captures a document of two events' },
    expects: {
      zh: '202、Location 指向任务，任务成功，事件可查',
      en: '202, Location of a job that succeeds, events are found',
    },
    async run(tester) {
      const events = [objectEvent(), objectEvent()]
      const answer = expectStatus(await tester.send('POST', '/capture', { body: documentOf(events) }), 202)
      expectVersions(answer)
      const job = await tester.job(answer)
      expectEqual(job, '/success', memberOf(jsonOf(job), 'success'), true)
      for (const name of ['captureID', 'createdAt', 'captureErrorBehaviour']) expectMember(job, 'string', name)
      await expectStored(tester, events, [true, true])
    },
  },
  {
    id: 'capture/query-document',
    clause: CLAUSE,
    does: { zh: '采集 EPCISQueryDocument', en: 'captures an EPCISQueryDocument' },
    expects: { zh: '202，事件可查', en: '202, the event is found' },
    async run(tester) {
      const event = objectEvent()
      const body = {
        ...documentOf([]),
        type: 'EPCISQueryDocument',
        epcisBody: { queryResults: { queryName: 'SimpleEventQuery', resultsBody: { eventList: [event] } } },
      }
      await tester.job(expectStatus(await tester.send('POST', '/capture', { body }), 202))
      await expectStored(tester, [event], [true])
    },
  },
  {
    id: 'capture/id-assigned',
    clause: '§7.4.1, §12.6; POST /capture',
    does: { zh: '采集没有 eventID 的事件', en: 'captures an event without eventID' },
    expects: { zh: '服务器赋予编号', en: 'the server gives it one' },
    async run(tester) {
      const epc = newCodes().item(1, 'noid')
      await tester.capture([objectEvent({ eventID: undefined, epcList: [epc] })])
      const answer = await tester.get(`/events?MATCH_anyEPC=${encodeURIComponent(epc)}`)
      const [event] = expectEvents(answer)
      if (typeof event?.eventID !== 'string') throw new Mismatch('eventID: string', brief(answer.text), answer)
    },
  },
  {
    id: 'capture/rollback',
    clause: '§12.6; GS1-Capture-Error-Behaviour: rollback',
    does: { zh: '采集一好一坏两个事件，rollback', en: 'captures a sound and a faulty event with rollback' },
    expects: { zh: '400，或任务失败；一个事件也不保存', en: '400, or a job that fails; neither is kept' },
    async run(tester) {
      const events = [objectEvent(), objectEvent({ eventTime: 'once upon a time' })]
      const answer = await behaving(tester, 'rollback', events)
      if (answer.status === 202) expectEqual(answer, 'success', await succeeded(tester, answer), false)
      else expectProblem(answer, [400], INVALID)
      await expectStored(tester, events, [false, false])
    },
  },
  {
    id: 'capture/proceed',
    clause: '§12.6; GS1-Capture-Error-Behaviour: proceed',
    does: { zh: '采集一好一坏两个事件，proceed', en: 'captures a sound and a faulty event with proceed' },
    expects: {
      zh: '任务列出错误；好的保存，坏的不保存',
      en: 'a job with errors; the sound one is kept, the other is not',
    },
    async run(tester) {
      const events = [objectEvent(), objectEvent({ eventTime: 'once upon a time' })]
      const answer = await behaving(tester, 'proceed', events)
      if (answer.status === 400) {
        expectProblem(answer, [400], INVALID)
        throw new Skip('服务器在受理之前就检查整个文档', 'the server checks whole documents before it takes them')
      }
      expectEqual(answer, 'success', await succeeded(tester, expectStatus(answer, 202)), false)
      await expectStored(tester, events, [true, false])
    },
  },
  {
    id: 'capture/conflict',
    clause: '§12.6; GET /capture/{captureID} success',
    does: { zh: '以已有的编号采集另一内容的事件', en: 'captures another event under an id that there is' },
    expects: {
      zh: '409 或 400；或任务失败并列出错误，原事件不变',
      en: '409 or 400, or a job that fails and says why; the first event stays',
    },
    async run(tester) {
      const event = objectEvent({ bizStep: 'packing' })
      await tester.capture([event])
      const answer = await behaving(tester, 'rollback', [{ ...event, bizStep: 'shipping' }])
      if (answer.status === 202) expectEqual(answer, 'success', await succeeded(tester, answer), false)
      else expectProblem(answer, [400, 409], INVALID, 'ResourceAlreadyExistsException')
      const stored = await tester.get(`/events/${encodeURIComponent(String(event.eventID))}`)
      expectThat(
        stored,
        '/eventList/0/bizStep: packing',
        /packing$/.test(String(expectEvents(stored)[0]?.bizStep)),
        stored.text,
      )
    },
  },
  {
    id: 'capture/wrong-behaviour',
    clause: '§12.6; GS1-Capture-Error-Behaviour',
    does: { zh: '出错处理方式写作 shrug', en: 'asks for the error behaviour "shrug"' },
    expects: { zh: '400 ValidationException', en: '400 ValidationException' },
    async run(tester) {
      expectProblem(await behaving(tester, 'shrug', [objectEvent()]), [400], INVALID)
    },
  },
  ...(
    [
      ['not-json', '{"type": "EPCISDocument",', '不完整的 JSON', 'JSON that breaks off'],
      ['no-document', { '@context': CONTEXT, type: 'Shopping' }, '不是 EPCIS 文档', 'something that is no document'],
      ['no-type', documentOf([objectEvent({ type: undefined })]), '事件没有 type', 'an event without type'],
      ['no-action', documentOf([objectEvent({ action: 'INVENT' })]), '未知的 action', 'an unknown action'],
    ] as const
  ).map(
    ([name, body, zh, en]): Case => ({
      id: `capture/${name}`,
      clause: `${CLAUSE} 400`,
      does: { zh: `采集：${zh}`, en: `captures ${en}` },
      expects: { zh: '400 ValidationException，或任务失败', en: '400 ValidationException, or a job that fails' },
      async run(tester) {
        const answer = await tester.send('POST', '/capture', { body })
        if (answer.status === 202) expectEqual(answer, 'success', await succeeded(tester, answer), false)
        else expectProblem(answer, [400], INVALID)
      },
    }),
  ),
  {
    id: 'capture/media-type',
    clause: `${CLAUSE} 415`,
    does: { zh: '以 text/plain 采集', en: 'captures text/plain' },
    expects: { zh: '415 UnsupportedMediaTypeException', en: '415 UnsupportedMediaTypeException' },
    async run(tester) {
      const headers = { 'content-type': 'text/plain' }
      const answer = await tester.send('POST', '/capture', { body: 'hello', headers })
      expectProblem(answer, [415], 'UnsupportedMediaTypeException')
    },
  },
  limit('capture/too-many-events', 'GS1-EPCIS-Capture-Limit', TRIED_EVENTS, most =>
    documentOf(Array.from({ length: most + 1 }, () => objectEvent())),
  ),
  limit('capture/too-many-bytes', 'GS1-EPCIS-Capture-File-Size-Limit', TRIED_BYTES, most =>
    documentOf([
      objectEvent({ 'cx:filler': Array.from({ length: Math.ceil(most / 1000) + 1 }, () => 'x'.repeat(1000)) }),
    ]),
  ),
  {
    id: 'capture/jobs',
    clause: '§12.6; GET /capture',
    does: { zh: '列出采集任务', en: 'lists capture jobs' },
    expects: { zh: '任务数组，perPage 有效', en: 'an array of jobs, perPage holds' },
    async run(tester) {
      await tester.capture([objectEvent()])
      await tester.capture([objectEvent()])
      const answer = expectStatus(await tester.get('/capture?perPage=1'), 200)
      const jobs = jsonOf(answer)
      expectEqual(answer, 'jobs', Array.isArray(jobs) ? jobs.length : jobs, 1)
      for (const name of ['running', 'success']) expectMember(answer, 'boolean', 0, name)
      expectHeader(answer, 'Link', /rel="?next"?/)
    },
  },
  ...(['perPage=abc', 'perPage=0'] as const).map(
    (query): Case => ({
      id: `capture/jobs-${query.replace('=', '-')}`,
      clause: '§12.7; GET /capture 400',
      does: { zh: `以 ${query} 列出采集任务`, en: `lists capture jobs with ${query}` },
      expects: { zh: '400', en: '400' },
      async run(tester) {
        expectStatus(await tester.get(`/capture?${query}`), 400)
      },
    }),
  ),
  {
    id: 'capture/job-id',
    clause: '§12.6; GET /capture/{captureID} 404',
    does: { zh: '以任意文本为任务编号', en: 'reads a job by an id of any form' },
    expects: { zh: '404 NoSuchResourceException', en: '404 NoSuchResourceException' },
    async run(tester) {
      expectProblem(await tester.get('/capture/x'), [404], 'NoSuchResourceException', 'NoSuchNameException')
    },
  },
  {
    id: 'capture/no-such-job',
    clause: '§12.6; GET /capture/{captureID} 404',
    does: { zh: '读取不存在的任务', en: 'reads a job that does not exist' },
    expects: { zh: '404 NoSuchResourceException', en: '404 NoSuchResourceException' },
    async run(tester) {
      const answer = await tester.get('/capture/00000000-0000-4000-8000-000000000000')
      expectProblem(answer, [404], 'NoSuchResourceException', 'NoSuchNameException')
    },
  },
]

function behaving(tester: Tester, behaviour: string, events: readonly unknown[]) {
  const headers = { 'GS1-Capture-Error-Behaviour': behaviour }
  return tester.send('POST', '/capture', { body: documentOf(events), headers })
}

async function succeeded(tester: Tester, answer: Parameters<Tester['job']>[0]): Promise<unknown> {
  const job = await tester.job(answer)
  const success = memberOf(jsonOf(job), 'success')
  const errors = memberOf(jsonOf(job), 'errors') ?? memberOf(jsonOf(job), 'errorFile')
  if (success === false && (errors === undefined || (Array.isArray(errors) && !errors.length)))
    throw new Mismatch('/errors or /errorFile of a job that failed', brief(job.text), job)
  return success
}

/** Which of the events are kept, asked one by one. */
async function expectStored(tester: Tester, events: readonly Record<string, unknown>[], kept: readonly boolean[]) {
  for (const [i, event] of events.entries()) {
    const answer = await tester.get(`/events/${encodeURIComponent(String(event.eventID))}`)
    expectStatus(answer, kept[i] ? 200 : 404)
  }
}

function limit(id: string, header: string, tried: number, document: (most: number) => unknown): Case {
  return {
    id,
    clause: `§12.6; ${header}`,
    does: { zh: `采集超出所公布的 ${header}`, en: `captures more than the announced ${header}` },
    expects: { zh: '413 CaptureLimitExceededException', en: '413 CaptureLimitExceededException' },
    async run(tester) {
      const most = Number((await tester.announced('/capture')).headers.get(header) ?? Number.NaN)
      if (!(most > 0)) throw new Skip(`服务器没有公布 ${header}`, `the server announces no ${header}`)
      if (most > tried) throw new Skip(`限额 ${most} 过大，不试`, `the limit of ${most} is too large to be tried`)
      const answer = await tester.send('POST', '/capture', { body: document(most) })
      expectProblem(answer, [413], 'CaptureLimitExceededException')
    },
  }
}
