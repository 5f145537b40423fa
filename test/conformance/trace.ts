/** A conformance trace: what a browser sent and what Flask-Login answered, read from a file. */
import { readFileSync } from 'node:fs'

export type CookieRole = 'session' | 'remember'
export type BrowserName = 'a' | 'b'

export interface TraceConfig {
  sessionProtection: 'basic' | 'strong' | false
  permanentSession: boolean
  loginPath: string | null
  refreshPath: string | null
  customUnauthorized: boolean
  customNeedsRefresh: boolean
  nextInSession: boolean
  rememberDuration: number
  rememberRefreshEachRequest: boolean
  requestLoader: boolean
}

export interface TraceRequest {
  client: BrowserName
  method: 'GET' | 'POST' | 'OPTIONS'
  path: string
  userAgent: string
  ip: string
  headers?: Record<string, string>
  drop?: CookieRole[]
  steal?: { from: BrowserName, cookies: CookieRole[] }
  tamper?: CookieRole[]
}

export interface Expectation {
  status: number
  body?: unknown
  location?: string
  rememberCookie?: 'set' | 'cleared'
  rememberMaxAge?: number
  events: string[]
}

export interface Step { request: TraceRequest, expect: Expectation }
export interface Trace { name: string, config: TraceConfig, steps: Step[] }

/** Why a file of traces cannot be replayed, as a sentence for the person who named the file. */
export class UnreadableTraces extends Error {}

/** Reads a file of traces; throws `UnreadableTraces` where it is none. */
export function readTraces (path: string): Trace[] {
  const traces = parse(path, readText(path))
  if (!Array.isArray(traces)) throw new UnreadableTraces(`${path} is not a list of traces.`)
  if (traces.length === 0) throw new UnreadableTraces(`${path} holds no trace.`)
  for (const [index, trace] of traces.entries()) {
    if (!isTrace(trace)) throw new UnreadableTraces(`Entry ${index} of ${path} is not a trace: it needs a name, a config and steps, each with a request and what to expect.`)
  }
  return traces
}

function readText (path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UnreadableTraces(`Cannot read ${path}: ${(error as Error).message}.`)
  }
}

function parse (path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UnreadableTraces(`${path} is not JSON: ${(error as Error).message}.`)
  }
}

function isTrace (value: unknown): value is Trace {
  return isRecord(value) && typeof value.name === 'string' && isRecord(value.config) &&
    Array.isArray(value.steps) && value.steps.every(isStep)
}

function isStep (value: unknown): value is Step {
  return isRecord(value) &&
    isRecord(value.request) && typeof value.request.path === 'string' && typeof value.request.client === 'string' &&
    isRecord(value.expect) && typeof value.expect.status === 'number' && Array.isArray(value.expect.events)
}

function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
