import { describe, expect, it } from 'vitest'
import { outlineOf } from './outline.ts'

async function* pieces(text: string, size: number) {
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const outline = (value: unknown, size = 7) =>
  outlineOf(pieces(typeof value === 'string' ? value : JSON.stringify(value), size))

describe('the outline of a file', () => {
  it('finds the event list of both kinds of document, wherever the type stands', async () => {
    expect(await outline({ type: 'EPCISDocument', epcisBody: { eventList: [] } })).toEqual({ send: 'document' })
    expect(await outline({ epcisBody: { eventList: [{}] }, type: 'EPCISDocument' })).toEqual({ send: 'document' })
    const query = { queryName: 'x', resultsBody: { eventList: [] } }
    const document = { '@context': [{ a: ['b'] }], type: 'EPCISQueryDocument', epcisBody: { queryResults: query } }
    for (const size of [1, 2, 1000]) expect(await outline(document, size)).toEqual({ send: 'document' })
  })

  it('knows XML by its root, whatever stands before it', async () => {
    const root = '<?xml version="1.0"?>\n<!-- <ObjectEvent/> --><!DOCTYPE x>\n<epcis:'
    for (const size of [1, 5, 1000]) {
      expect(await outline(`${root}EPCISQueryDocument xmlns:epcis="u">`, size)).toEqual({ send: 'document', xml: true })
      expect(await outline(`${root}ObjectEvent/>`, size)).toEqual({ send: 'event', xml: true })
      expect(await outline(`${root}Project />`, size)).toEqual({ skip: 'notEpcis', type: 'Project' })
    }
    expect(await outline('<')).toEqual({ skip: 'notEpcis', type: null })
  })

  it('does not take another list, or a text, for the event list', async () => {
    for (const body of [
      { other: { eventList: [] } },
      { eventList: {} },
      { note: '"eventList":[', a: [{ eventList: [] }] },
    ])
      expect(await outline({ type: 'EPCISDocument', epcisBody: body })).toEqual({
        skip: 'noEventList',
        type: 'EPCISDocument',
      })
  })

  it('knows a bare event, other things, and what is no object', async () => {
    expect(await outline({ '@context': [], type: 'AssociationEvent' })).toEqual({ send: 'event' })
    expect(await outline({ $schema: 'x', type: 'object' })).toEqual({ skip: 'notEpcis', type: 'object' })
    expect(await outline({ '@context': { 类型: '演示' } })).toEqual({ skip: 'notEpcis', type: null })
    expect(await outline({ a: { type: 'ObjectEvent' } })).toEqual({ skip: 'notEpcis', type: null })
    expect(await outline([{ type: 'ObjectEvent' }])).toEqual({ skip: 'notAnObject' })
    expect(await outline('"ObjectEvent"')).toEqual({ skip: 'notAnObject' })
  })

  it('leaves what is cut off in a document to the platform, and names what is cut off elsewhere', async () => {
    expect(await outline('{"type":"EPCISDocument","epcisBody":{')).toEqual({ send: 'document' })
    expect(await outline('{"type":"obj')).toEqual({ skip: 'brokenJson' })
    expect(await outline(' \n')).toEqual({ skip: 'brokenJson' })
  })

  it('reads no further than the event list', async () => {
    let read = 0
    async function* endless() {
      yield '{"epcisBody":{"eventList":['
      for (;;) {
        read++
        yield '{},'
      }
    }
    expect(await outlineOf(endless())).toEqual({ send: 'document' })
    expect(read).toBe(0)
  })
})
