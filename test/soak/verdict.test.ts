import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tally } from './tally.ts'
import { judgeMemory, missingSteps } from './verdict.ts'

const everyStep = ['page, out', 'page, in', 'page, stale', 'login', 'confirm', 'login of a phone', 'end of the others', 'logout']
const everyOutage = ['server killed and replaced', 'Redis killed and restarted']

/** A soak in which everything happened so often, but for one thing. */
function counted (times: number, without?: string): Tally {
  const tally = new Tally()
  for (const what of [...everyStep, ...everyOutage].filter((one) => one !== without)) {
    for (let time = 0; time < times; time++) tally.count(what)
  }
  return tally
}

const samples = (count: number, growth = 0) => Array.from({ length: count }, (_, index) => {
  return { at: index * 2000, heap: 20_000_000 + index * growth, resident: 0, logins: index }
})

test('a soak in which a kind of step, or an outage, never happened does not stand', () => {
  assert.deepEqual(missingSteps(counted(20), 20), [])
  for (const what of [...everyStep, ...everyOutage]) {
    const [missing, ...others] = missingSteps(counted(20, what), 20)
    assert.deepEqual([missing?.sentence.startsWith(`"${what}" was counted 0 times`), missing?.good, others], [true, false, []])
  }
})

test('a soak in which not every browser logged in and out does not stand', () => {
  assert.deepEqual(missingSteps(counted(20), 21).map(({ sentence }) => /^"(.*?)"/.exec(sentence)?.[1]), ['page, out', 'page, in', 'login', 'logout'])
})

test('a soak does not stand where a server never told its memory, or too seldom to judge it', () => {
  for (const count of [0, 8]) assert.equal(judgeMemory({ name: 'server 1', killed: false, samples: samples(count) }).good, false)
  assert.equal(judgeMemory({ name: 'server 1', killed: false, samples: samples(9) }).good, true)
})

test('a server that was killed on purpose may have told its memory too seldom, and not never', () => {
  assert.match(judgeMemory({ name: 'server 1', killed: true, samples: samples(8) }).sentence, /^server 1 told its memory 8 times.*: it was killed on purpose$/)
  for (const [count, good] of [[0, false], [8, true]] as const) assert.equal(judgeMemory({ name: 'server 1', killed: true, samples: samples(count) }).good, good)
})

test('a soak does not stand where the memory of a server grew, also of one that was killed', () => {
  for (const killed of [false, true]) {
    const { sentence, good } = judgeMemory({ name: 'server 1', killed, samples: samples(60, 1_000_000) })
    assert.equal(good, false)
    assert.match(sentence, /: it grew$/)
  }
})
