import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgePage, judgeStep, refused } from './judge.ts'

const page = (user: string) => ({ status: 200, body: JSON.stringify({ user }) })
const refusal = (status: number) => ({ status, body: '{}' })

test('the soak notices who sees the page of another, whatever it was waiting for', () => {
  for (const standing of ['in', 'out', 'stale'] as const) assert.equal(judgePage('ada', standing, page('grace')), 'ada sees the page of grace')
})

test('the soak notices who is in and should not be, and who is out and should not be', () => {
  assert.match(judgePage('ada', 'out', page('ada')) ?? '', /is let in, and should be out/)
  assert.match(judgePage('ada', 'stale', page('ada')) ?? '', /is let in, and should be stale/)
  for (const status of [401, 403]) assert.match(judgePage('ada', 'in', refusal(status)) ?? '', /turned away/)
})

test('the soak takes no other failure for a refusal', () => {
  for (const standing of ['in', 'out', 'stale'] as const) assert.match(judgePage('ada', standing, refusal(500)) ?? '', /answered 500/)
  assert.match(judgeStep('ada', 'logout', true, refusal(401)) ?? '', /logout of ada is answered 401/)
})

test('the soak finds nothing wrong with what is right', () => {
  assert.equal(judgePage('ada', 'in', page('ada')), null)
  assert.equal(judgePage('ada', 'out', refusal(401)), null)
  assert.equal(judgePage('ada', 'stale', refusal(403)), null)
  assert.equal(judgeStep('ada', 'login', false, refusal(200)), null)
})

test('the soak lets a step change nothing only after an answer was lost', () => {
  assert.match(judgeStep('ada', 'confirm', false, { status: 200, body: refused }) ?? '', /confirm of ada/)
  assert.equal(judgeStep('ada', 'confirm', true, { status: 200, body: refused }), null)
})
