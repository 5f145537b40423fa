/** Replays a trace on a site of its own, and tells where it was not answered as recorded. */
import { compare } from './compare.ts'
import type { Difference } from './compare.ts'
import { Site } from './site.ts'
import type { Step, Trace } from './trace.ts'
import type { Way } from './ways.ts'

/** The first step of a trace that was not answered as recorded. */
export interface Failure { trace: string, way: string, index: number, step: Step, differences: Difference[] }

/** Replays one trace; `null` where every step was answered as recorded. */
export async function replayTrace (trace: Trace, way: Way): Promise<Failure | null> {
  const site = await Site.open(trace, way)
  try {
    for (const [index, step] of trace.steps.entries()) {
      const differences = await playStep(site, step, way)
      if (differences.length > 0) return { trace: trace.name, way: way.name, index, step, differences }
    }
    return null
  } finally {
    await site.close()
  }
}

async function playStep (site: Site, step: Step, way: Way): Promise<Difference[]> {
  try {
    const { response, events } = await site.play(step)
    return compare(step.expect, response, events, way.rotates)
  } catch (error) {
    return [{ what: 'request', expected: 'an answer', got: String(error) }]
  }
}

/** A failure in lines that a person reads: the request, then what was expected and what came. */
export function describeFailure ({ trace, way, index, step, differences }: Failure): string {
  const { client, method, path, ...rest } = step.request
  const lines = [
    `FAILED ${trace} (${way}), step ${index + 1}: browser ${client} sends ${method} ${path}`,
    `  with ${JSON.stringify(rest)}`
  ]
  for (const { what, expected, got } of differences) {
    lines.push(`  ${what}`, `    expected: ${JSON.stringify(expected) ?? 'none'}`, `    got:      ${JSON.stringify(got) ?? 'none'}`)
  }
  return lines.join('\n')
}
