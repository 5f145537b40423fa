import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { UserMarks } from '../lib/logins/user-marks.ts'

const life = 1000

/** Marks as the list of ended logins makes them: families 'a', 'b', … end one second after the other. */
function ended (count: number, from = 1): UserMarks {
  const marks = new UserMarks()
  for (let at = from; at < from + count; at++) marks.change(`family-${at}`, at, at + life, { ended: true }, null)
  return marks
}

describe('what is kept of one user', () => {
  it('is at most 32 marks; the oldest folds into a time that ends whatever began by then', () => {
    const marks = ended(33)
    assert.equal(marks.get('family-1'), undefined)
    assert.equal(marks.get('family-2')?.ended, true)
    assert.equal(marks.endedTogether('family-1', 0.5), true)
    assert.equal(marks.endedTogether('another', 1), true)
    assert.equal(marks.endedTogether('another', 1.001), false)
  })

  it('forgets first what has expired anyway, and then folds nothing', () => {
    const marks = ended(32)
    marks.change('newest', life + 2, life + 100, { ended: true }, null)
    assert.equal(marks.get('family-2'), undefined)
    assert.equal(marks.get('family-3')?.ended, true)
    assert.equal(marks.endedTogether('another', 0), true, 'nothing begins before time does')
    assert.equal(marks.endedTogether('another', 0.001), false)
  })

  it('folds nothing where a single mark has expired, and makes room', () => {
    const marks = ended(32)
    marks.change('newest', life + 1, life + 100, { ended: true }, null)
    assert.deepEqual(['family-1', 'family-2'].map((family) => marks.get(family)?.ended), [undefined, true])
    assert.equal(marks.endedTogether('another', 0.001), false)
  })

  it('excepts from folding the family that goes on', () => {
    const marks = new UserMarks()
    marks.change('current-login', 1, life, { generation: 1 }, 'current')
    for (let at = 2; at <= 33; at++) marks.change(`family-${at}`, at, at + life, { ended: true }, 'current')
    assert.equal(marks.get('current-login')?.generation, 1)
    assert.equal(marks.get('family-2'), undefined)
    assert.equal(marks.endedTogether('current', 0.5), false)
    assert.equal(marks.endedTogether('another', 0.5), true)
  })

  it('folds the family that goes on where nothing else is left to fold', () => {
    const marks = new UserMarks()
    for (let at = 1; at <= 33; at++) marks.change(`current-${at}`, at, at + life, { stale: true }, 'current')
    assert.equal(marks.get('current-1'), undefined)
    assert.equal(marks.endedTogether('current', 1), true)
    assert.equal(marks.endedTogether('current', 1.001), false)
  })

  it('keeps an exception that was made before, where the next change names none', () => {
    const marks = new UserMarks()
    marks.endAll(10, 'current')
    for (let at = 11; at <= 43; at++) marks.change(`family-${at}`, at, at + life, { ended: true }, null)
    assert.equal(marks.endedTogether('current', 5), false)
    assert.equal(marks.endedTogether('another', 11), true)
  })

  it('does not bring back, by a later exception, what ended together before', () => {
    const marks = new UserMarks()
    marks.endAll(10, 'first')
    marks.endAll(20, 'second')
    assert.deepEqual(['first', 'second', 'third'].map((family) => marks.endedTogether(family, 5)), [true, true, true])
    assert.deepEqual(['first', 'second', 'third'].map((family) => marks.endedTogether(family, 15)), [true, false, true])
    assert.deepEqual(['first', 'second', 'third'].map((family) => marks.endedTogether(family, 25)), [false, false, false])
  })

  it('keeps the end of the one that is excepted', () => {
    const marks = new UserMarks()
    marks.change('current', 5, life, { ended: true }, null)
    marks.change('other', 5, life, { ended: true }, null)
    marks.endAll(10, 'current')
    assert.equal(marks.get('current')?.ended, true)
    assert.equal(marks.get('other'), undefined)
  })

  it('ends all where none is excepted, whatever their families are called', () => {
    const marks = new UserMarks()
    marks.change('null-and-void', 5, life, { ended: true }, null)
    marks.endAll(10, null)
    assert.equal(marks.get('null-and-void'), undefined)
    assert.equal(marks.endedTogether('null-and-void', 10), true)
  })

  it('is never made to be forgotten earlier', () => {
    const marks = new UserMarks()
    marks.change('family', 1, 500, { ended: true }, null)
    marks.change('family', 2, 100, { stale: true }, null)
    assert.deepEqual([marks.get('family')?.until, marks.get('family')?.ended], [500, true])
  })

  it('is, for everybody, the time by which all had begun that it still ends', () => {
    const marks = ended(3)
    assert.equal(marks.latest(2), 3)
    assert.equal(marks.latest(life + 3), 0)
    marks.endAll(10, 'current')
    assert.equal(marks.latest(life * 2), 10)
    marks.endAll(5, 'other')
    assert.equal(marks.latest(life * 2), 10)
  })
})

describe('a change that is taken back', () => {
  it('leaves nothing where there was nothing before', () => {
    const marks = new UserMarks()
    const takeBack = marks.change('family', 1, life, { ended: true }, null)
    takeBack()
    assert.equal(marks.get('family'), undefined)
    assert.equal(marks.latest(1), 0)
  })

  it('leaves what was there before', () => {
    const marks = new UserMarks()
    marks.change('family', 1, life, { generation: 1, stale: true }, null)
    const before = marks.get('family')
    const takeBack = marks.change('family', 2, life * 2, { generation: 2, stale: false }, null)
    assert.deepEqual([marks.get('family')?.generation, marks.get('family')?.at], [2, 2])
    takeBack()
    assert.deepEqual(marks.get('family'), before)
  })

  it('leaves what somebody else has changed since', () => {
    const marks = new UserMarks()
    const takeBack = marks.change('family', 1, life, { generation: 1 }, null)
    marks.change('family', 2, life, { ended: true }, null)
    takeBack()
    assert.deepEqual([marks.get('family')?.generation, marks.get('family')?.ended], [1, true])
  })

  it('does not bring back what was folded meanwhile', () => {
    const marks = new UserMarks()
    const takeBack = marks.change('family', 1, life, { ended: true }, null)
    for (let at = 2; at <= 33; at++) marks.change(`family-${at}`, at, at + life, { ended: true }, null)
    takeBack()
    assert.deepEqual([marks.get('family'), marks.endedTogether('family', 1)], [undefined, true])
  })
})
