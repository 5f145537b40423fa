import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { describeFailure, replayTrace } from './replay-traces.ts'
import { readTraces } from './trace.ts'
import { ways } from './ways.ts'

const traces = readTraces(resolve(import.meta.dirname, 'traces.json'))

for (const way of ways) {
  test(`every browser recorded with Flask-Login is answered as it was there, ${way.name}`, async () => {
    const failures = []
    for (const trace of traces) {
      const failure = await replayTrace(trace, way)
      if (failure !== null) failures.push(failure)
    }
    assert.equal(failures.length, 0, `${failures.length} of ${traces.length} traces failed\n\n${failures.map(describeFailure).join('\n\n')}`)
  })
}
