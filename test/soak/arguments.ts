/**
 * What the soak is asked for on the command line.
 *
 * @module
 */
import { parseArgs } from 'node:util'

export interface Plan {
  /** How long the browsers go on, in seconds. */
  readonly seconds: number
  readonly browsers: number
  readonly processes: number
}

/** The shortest soak, in seconds: a server that is replaced in the middle has its memory judged, too. */
const shortest = 60
/** The longest: a day. */
const longest = 24 * 3600

export function readArguments (words: string[]): Plan {
  const { values } = parseArgs({
    args: words,
    options: {
      seconds: { type: 'string', default: '120' },
      browsers: { type: 'string', default: '200' },
      processes: { type: 'string', default: '3' }
    }
  })
  return {
    seconds: wholeNumber('seconds', values.seconds, shortest, longest),
    browsers: wholeNumber('browsers', values.browsers, 1, 10_000),
    processes: wholeNumber('processes', values.processes, 2, 64)
  }
}

function wholeNumber (name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`--${name} may be a whole number from ${least} to ${most}, not ${text}`)
}
