import { describe, expect, it } from 'vitest'
import { and, isLate, join, late, sql, toQuery } from './sql.ts'

describe('sql', () => {
  it('keeps values out of the text', () => {
    const evil = `'; drop table event; --`
    expect(toQuery(sql`select * from event where id = ${evil} and part = ${0}`)).toMatchObject({
      text: 'select * from event where id = $1 and part = $2',
      values: [evil, 0],
    })
  })
  it('splices fragments in and numbers their values through', () => {
    const where = and([sql`a = ${1}`, sql`b = any(${[2]})`])
    expect(toQuery(sql`select ${3} where ${where} limit ${4}`)).toEqual({
      text: 'select $1 where a = $2 and b = any($3) limit $4',
      values: [3, 1, [2], 4],
    })
    expect(toQuery(join([sql`${1}`, sql`${2}`], ', '))).toEqual({ text: '$1, $2', values: [1, 2] })
    expect(toQuery(and([])).text).toBe('true')
  })
  it('makes a late statement when it is asked for, as the statement that it is', () => {
    let made = 0
    const ask = () => late(() => sql`select ${++made}`)
    const first = ask()
    expect([made, isLate(first), isLate(sql`select 1`)]).toEqual([0, true, false])
    expect(toQuery(first)).toMatchObject({ text: 'select $1', values: [1] })
    expect(toQuery(ask()).name).toBe(toQuery(first).name)
  })
  it('gives a statement of one text one name, so that it is planned once, and a spliced one none', () => {
    const ask = (n: number) => toQuery(sql`select ${n}`)
    expect(ask(1).name).toBe(ask(2).name)
    expect(ask(1).name).not.toBe(toQuery(sql`select ${1}`).name)
    expect(toQuery(sql`select 1 where ${sql`true`}`).name).toBeUndefined()
  })
})
