/**
 * What the bench makes of its figures, and how it reads what servers answer.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answerReader } from '../bench/answer-reader.ts'
import { drawLines } from '../bench/chart.ts'
import { closestPeers, judge } from '../bench/comparisons.ts'
import { contenders } from '../bench/contenders.ts'
import { bytesOf, cookiesAfter, loginQuestion, setCookiesOf } from '../bench/questions.ts'
import { table } from '../bench/report.ts'
import { entrantName, lines, measuredLines } from '../bench/scaling.ts'
import { median, ratioOf, ratioOfMedians, summarise } from '../bench/statistics.ts'
import { works } from '../bench/works.ts'

describe('the figures of the bench', () => {
  it('are the medians of rounds, which are the medians of their windows', () => {
    assert.equal(median([5, 1, 3]), 3)
    assert.equal(median([4, 1, 3, 2]), 2.5)
    assert.deepEqual(summarise([[1, 9, 2], [4, 5, 6], [7, 7, 100]]), { median: 5, min: 2, max: 7 })
    assert.throws(() => median([]), RangeError)
  })

  it('compare window with window, so that a busy minute of the machine hits both alike', () => {
    const quiet = [[10, 10, 10]]
    assert.equal(ratioOf([[20, 200, 20]], [[10, 100, 10]]).median, 2)
    assert.throws(() => ratioOf([[1, 2, 3, 4]], quiet), RangeError)
  })

  it('judge a promise by the ratio of the medians, and show the lowest and highest round', () => {
    assert.deepEqual(ratioOfMedians([[10], [30], [20]], [[10], [10], [40]]), { median: 2, min: 0.5, max: 3 })
    const measured = (cost: number, speed: number) => ({ costs: [[cost]], speeds: [[speed]] })
    const verdicts = judge({ 'login guarded': measured(17, 1200), 'secure-session guarded': measured(20, 1), 'passport guarded': measured(20, 1), 'flask guarded': measured(1, 100) })
    assert.deepEqual(verdicts.map(({ ratio, held }) => [ratio.median, held]), [[0.85, true], [0.85, false], [12, true]])
  })

  it('name on each row the peer that comes closest, and never our own entries or the open pages', () => {
    const measured = (cost: number) => ({ costs: [[cost]], speeds: [[1]] })
    const [row, ...none] = closestPeers(works, contenders, {
      'login guarded': measured(9), 'bare guarded': measured(1), 'login-beside-session guarded': measured(2), 'express guarded': measured(90), 'session guarded': measured(8)
    })
    assert.match(row?.title ?? '', /@fastify\/session in memory/)
    assert.deepEqual([row?.held, none], [false, []])
  })

  it('stand in tables whose columns line up', () => {
    assert.equal(table(['what', 'µs'], [['a page', '1.5'], ['b', '10.25']]), '| what   |    µs |\n|--------|------:|\n| a page |   1.5 |\n| b      | 10.25 |')
  })

  it('are drawn as one line for each contender in each panel', () => {
    const measurements = Object.fromEntries(lines.flatMap((line) => line.points.flatMap((point) =>
      ['bare', 'login'].map((name) => [entrantName(name, line, point), { costs: [[20]], speeds: [[1]] }]))))
    const drawn = drawLines(measuredLines(measurements))
    assert.equal(drawn.match(/<polyline /g)?.length, lines.length * 2)
    assert.match(drawn, /1,000,000/)
    assert.doesNotMatch(drawn, /NaN|undefined/)
  })
})

describe('the driver of the bench', () => {
  const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\n\r\nbody')

  it('knows a whole answer from one that comes in pieces', () => {
    const read = answerReader()
    for (let times = 0; times < 2; times++) {
      assert.equal(read(answer.subarray(0, 20)), null)
      assert.equal(read(answer.subarray(20, -2)), null)
      assert.equal(read(answer.subarray(-2))?.toString(), answer.toString())
      assert.equal(read(answer)?.toString(), answer.toString())
    }
  })

  it('counts nothing as done that is not a 200', () => {
    assert.throws(() => answerReader()(Buffer.from('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')), /Not a 200/)
  })

  it('keeps cookies as a browser does', () => {
    assert.deepEqual(setCookiesOf(answer), ['a=1; Path=/', 'b=2'])
    assert.equal(cookiesAfter(['a=1; Path=/', 'b=2', 'a=3'], 'c=4=5'), 'c=4=5; a=3; b=2')
    assert.equal(cookiesAfter(['a=; Max-Age=0', 'b=x; Max-Age=0'], 'a=1; b=2'), '')
  })

  it('sends a form with the length of its bytes', () => {
    const [first] = contenders
    assert.ok(first)
    const [head = '', body = ''] = bytesOf(loginQuestion(first, 3, true), 80).toString().split('\r\n\r\n')
    assert.match(head, new RegExp(`content-length: ${Buffer.byteLength(body)}(\r|$)`))
    assert.deepEqual(JSON.parse(body), { username: 'user-1003', password: 'password of user-1003', remember: true })
  })
})
