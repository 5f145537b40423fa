/** The command `npm run -s conformance -- FILE`: replays a file of traces and counts those that pass. */
import { resolve } from 'node:path'
import { describeFailure, replayTrace } from './replay-traces.ts'
import { UnreadableTraces, readTraces } from './trace.ts'
import { ways } from './ways.ts'

async function replayFile (path: string): Promise<number> {
  const traces = readTraces(path)
  let passed = 0
  let failed = 0
  for (const way of ways) {
    for (const trace of traces) {
      const failure = await replayTrace(trace, way)
      if (failure === null) {
        passed++
      } else {
        failed++
        console.log(`${describeFailure(failure)}\n`)
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

const [named] = process.argv.slice(2)
// npm runs scripts in the package's folder; a relative path means the folder that the person stands in.
const path = named === undefined
  ? resolve(import.meta.dirname, 'traces.json')
  : resolve(process.env.INIT_CWD ?? '.', named)
try {
  process.exitCode = await replayFile(path)
} catch (error) {
  if (!(error instanceof UnreadableTraces)) throw error
  console.error(error.message)
  process.exitCode = 2
}
