import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trendOf } from './memory.ts'

const megabyte = 1024 * 1024
const samples = (heaps: number[]) => heaps.map((heap, index) => ({ at: index * 2000, heap: heap * megabyte, resident: 0 }))

test('the soak takes memory for flat that grows only while it warms up', () => {
  assert.equal(trendOf(samples([10, 20, 30, 40, 50, 51, 50, 52, 51, 50, 52, 51]))?.flat, true)
})

test('the soak notices memory that goes on growing', () => {
  assert.equal(trendOf(samples([10, 20, 30, 40, 50, 55, 60, 65, 70, 75, 80, 85]))?.flat, false)
})

test('the soak says nothing of a process that lived too short', () => {
  assert.equal(trendOf(samples([10, 99, 10, 99, 10, 99])), null)
})
