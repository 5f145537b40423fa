import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trendOf } from './memory.ts'

const megabyte = 1024 * 1024

/** Every two seconds, with so many logins in between. */
const samples = (heaps: number[], pace = 100, begun = 0) => heaps.map((heap, index) => {
  return { at: index * 2000, heap: heap * megabyte, resident: 0, logins: begun + index * pace }
})

/** A process of two minutes at 50 logins a second that keeps so many bytes of each. */
const keeping = (bytes: number, begun: number) => {
  return trendOf(samples(Array.from({ length: 60 }, (_, index) => 20 + bytes * index * 100 / megabyte), 100, begun))
}

test('the soak takes memory for flat that grows only while it warms up', () => {
  assert.equal(trendOf(samples([10, 20, 30, 40, 50, 51, 50, 52, 51, 50, 52, 51]))?.flat, true)
})

test('the soak notices memory that goes on growing', () => {
  assert.equal(trendOf(samples([10, 20, 30, 40, 50, 55, 60, 65, 70, 75, 80, 85]))?.flat, false)
})

test('the soak allows for memories that fill with the first logins of a process, and for no more', () => {
  assert.deepEqual([keeping(1280, 0)?.flat, keeping(1280, 10_000)?.flat], [true, false])
  assert.deepEqual([keeping(1536, 0)?.flat, keeping(1024, 10_000)?.flat], [false, true])
})

test('the soak notices what a login leaves behind the sooner the more there are: 64 bytes of each in half an hour', () => {
  const halfAnHour = (bytes: number) => trendOf(samples(Array.from({ length: 900 }, (_, index) => 20 + bytes * index * 150 / megabyte), 150))
  assert.deepEqual([halfAnHour(32)?.flat, halfAnHour(64)?.flat], [true, false])
})

test('the soak says nothing of a process that lived too short, or served no login', () => {
  assert.equal(trendOf(samples(Array(60).fill(20), 0)), null)
  assert.equal(trendOf(samples([10, 99, 10, 99, 10, 99])), null)
})
