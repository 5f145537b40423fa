import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { tamper } from './browser.ts'
import { describeFailure, replayTrace } from './replay-traces.ts'
import type { Expectation, Trace } from './trace.ts'
import { ways } from './ways.ts'

const [way] = ways
assert.ok(way)
const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
after(() => { rmSync(folder, { recursive: true }) })

/** One browser that is turned away, logs in to be remembered, and comes back after a restart. */
function story (alter: (expectations: [Expectation, Expectation, Expectation]) => void = () => {}): Trace {
  const sent = { client: 'a', userAgent: 'Firefox', ip: '127.0.0.1' } as const
  const refused: Expectation = { status: 302, location: '/login?a=1&next=%2Fmembers', events: ['userUnauthorized'] }
  const begun: Expectation = { status: 200, body: { ok: true }, rememberCookie: 'set', rememberMaxAge: 600, events: ['userLoggedIn'] }
  const restored: Expectation = { status: 200, body: { remembered: true, fresh: false, user: 'zoë-☃' }, events: ['userLoadedFromCookie'] }
  alter([refused, begun, restored])
  return {
    name: 'a story',
    config: {
      sessionProtection: 'basic',
      permanentSession: false,
      loginPath: '/login?a=1',
      refreshPath: null,
      customUnauthorized: false,
      customNeedsRefresh: false,
      nextInSession: false,
      rememberDuration: 3600,
      rememberRefreshEachRequest: false,
      requestLoader: false
    },
    steps: [
      { request: { ...sent, method: 'GET', path: '/members' }, expect: refused },
      { request: { ...sent, method: 'POST', path: '/login/zo%C3%AB-%E2%98%83?remember=1&duration=600' }, expect: begun },
      { request: { ...sent, method: 'GET', path: '/whoami', drop: ['session'] }, expect: restored }
    ]
  }
}

test('a trace that is answered as recorded passes', async () => {
  assert.equal(await replayTrace(story(), way), null)
})

const alterations: Array<[title: string, what: string, step: number, alter: Parameters<typeof story>[0]]> = [
  ['another status', 'status', 1, ([refused]) => { refused.status = 401 }],
  ['a redirect that lacks a parameter', 'location', 1, ([refused]) => { refused.location = '/login?next=%2Fmembers' }],
  ['no redirect where one was recorded', 'location', 2, ([, begun]) => { begun.location = '/' }],
  ['another body', 'body', 3, ([, , restored]) => { restored.body = { user: '1', fresh: false, remembered: true } }],
  ['an event too many', 'events', 2, ([, begun]) => { begun.events = [] }],
  ['an event too few', 'events', 3, ([, , restored]) => { restored.events = ['userLoadedFromCookie', 'sessionProtected'] }],
  ['a remember cookie that was not recorded', 'remember cookie', 2, ([, begun]) => { delete begun.rememberCookie }],
  ['a remember cookie set that was cleared', 'remember cookie', 2, ([, begun]) => { begun.rememberCookie = 'cleared' }],
  ['no remember cookie where one was set', 'remember cookie', 3, ([, , restored]) => { restored.rememberCookie = 'set' }],
  ['another lifetime', 'lifetime of the remember cookie', 2, ([, begun]) => { begun.rememberMaxAge = 601 }]
]

for (const [title, what, step, alter] of alterations) {
  test(`an answer with ${title} fails the trace`, async () => {
    const failure = await replayTrace(story(alter), way)
    assert.ok(failure)
    assert.equal(failure.index + 1, step)
    assert.deepEqual(failure.differences.map((difference) => difference.what), [what])
    assert.match(describeFailure(failure), /^FAILED a story \(without a store\), step \d: browser a sends [^]*expected: [^]*got: /)
  })
}

test('the parameters of a redirect may stand in any order', async () => {
  const altered = story(([refused]) => { refused.location = 'http://localhost/login?next=%2Fmembers&a=1' })
  assert.equal(await replayTrace(altered, way), null)
})

test('a dead remember cookie may be cleared where the recording does not say so', async () => {
  const forged = story()
  forged.steps[2]!.request.tamper = ['remember']
  forged.steps[2]!.expect = { status: 200, body: { user: null, fresh: false }, events: [] }
  assert.equal(await replayTrace(forged, way), null)
})

test('a browser keeps its own cookies whatever the answer to a forgery says', async () => {
  const forged = story()
  const [, , restored] = forged.steps
  forged.steps.splice(2, 0, {
    request: { ...restored!.request, drop: ['session'], tamper: ['remember'] },
    expect: { status: 200, body: { user: null, fresh: false }, events: [] }
  })
  assert.equal(await replayTrace(forged, way), null)
})

test('what a forged request lawfully ends does not end for the browser that it was forged from', async () => {
  const forged = story()
  const [, begun, restored] = forged.steps
  const logout = { ...begun!.request, path: '/logout', tamper: ['remember' as const] }
  forged.steps.splice(2, 0, { request: logout, expect: { status: 200, body: { ok: true }, rememberCookie: 'cleared', events: ['userLoggedOut'] } })
  forged.steps.push({ request: { ...restored!.request, drop: [] }, expect: { ...restored!.expect, events: [] } })
  assert.equal(await replayTrace(forged, way), null)
})

test('an answer to a forged request is compared like any', async () => {
  const forged = story()
  const [, begun] = forged.steps
  const logout = { ...begun!.request, path: '/logout', tamper: ['remember' as const] }
  forged.steps.splice(2, 0, { request: logout, expect: { status: 200, body: { ok: true }, rememberCookie: 'cleared', events: [] } })
  assert.equal((await replayTrace(forged, way))?.index, 2)
})

test('what a forged request does beside logins is done', async () => {
  const forged = story()
  const [, begun, restored] = forged.steps
  const deletion = { ...begun!.request, path: '/users/zo%C3%AB-%E2%98%83/delete', tamper: ['remember' as const] }
  forged.steps.splice(2, 0, { request: deletion, expect: { status: 200, body: { ok: true }, events: [] } })
  restored!.expect = { status: 200, body: { user: null, fresh: false }, events: [] }
  assert.equal(await replayTrace(forged, way), null)
})

test('a request that gets no answer fails the trace, not the replay', async () => {
  const broken = story()
  broken.steps[0]!.request.ip = 7 as never
  broken.steps[0]!.request.path = 'http://['
  const failure = await replayTrace(broken, way)
  assert.deepEqual(failure?.differences.map((difference) => difference.what), ['request'])
})

test('a browser that steals a cookie is answered as its owner', async () => {
  const stolen = story()
  stolen.steps.push({
    request: { client: 'b', method: 'GET', path: '/whoami', userAgent: 'Firefox', ip: '127.0.0.1', steal: { from: 'a', cookies: ['session'] } },
    expect: { status: 200, body: { user: 'zoë-☃', fresh: false, remembered: false }, events: [] }
  })
  assert.equal(await replayTrace(stolen, way), null)
})

test('tampering changes the middle character only', () => {
  assert.equal(tamper('abcde'), 'abAde')
  assert.equal(tamper('abAde'), 'abBde')
  assert.equal(tamper('abcd'), 'abAd')
})

function replayCommand (...files: string[]) {
  const command = resolve(import.meta.dirname, 'replay.ts')
  return spawnSync(process.execPath, ['--import', 'tsx', command, ...files], { encoding: 'utf8' })
}

function fileOf (name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('the command counts what passed, and prints why a trace failed', () => {
  const failing = story(([, begun]) => { begun.status = 201 })
  const { status, stdout } = replayCommand(fileOf('mixed.json', JSON.stringify([story(), failing])))
  assert.equal(status, 1)
  assert.match(stdout, /step 2: browser a sends POST \/login[^]*status\n {4}expected: 201\n {4}got: {6}200\n/)
  assert.equal(stdout.trimEnd().split('\n').at(-1), `${ways.length} passed, ${ways.length} failed`)
})

test('the command succeeds where every trace passed', () => {
  const { status, stdout } = replayCommand(fileOf('good.json', JSON.stringify([story()])))
  assert.equal(status, 0)
  assert.equal(stdout, `${ways.length} passed, 0 failed\n`)
})

const unreadable: Array<[name: string, text: string | null, sentence: RegExp]> = [
  ['missing.json', null, /^Cannot read .*missing\.json: ENOENT.*\.\n$/],
  ['text.json', 'traces', /^.*text\.json is not JSON: .*\.\n$/],
  ['object.json', '{}', /^.*object\.json is not a list of traces\.\n$/],
  ['empty.json', '[]', /^.*empty\.json holds no trace\.\n$/],
  ['stranger.json', '[{"name":"half","config":{},"steps":[{}]}]', /^Entry 0 of .*stranger\.json is not a trace: .*\.\n$/]
]

for (const [name, text, sentence] of unreadable) {
  test(`the command refuses ${name} with a sentence and exit status 2`, () => {
    const { status, stdout, stderr } = replayCommand(text === null ? join(folder, name) : fileOf(name, text))
    assert.equal(status, 2)
    assert.equal(stdout, '')
    assert.match(stderr, sentence)
  })
}
