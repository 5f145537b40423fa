/** A contender at its work: what is measured side by side with others. */

import { checkContender } from './check.ts'
import type { Contender } from './contenders.ts'
import { openConnections } from './driver.ts'
import type { Connections } from './driver.ts'
import { bytesOf, loginQuestion, logoutQuestion, pageQuestion } from './questions.ts'
import { usualScale } from './scale.ts'
import type { Scale } from './scale.ts'
import { startServer } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'
import { logIn, visitorsOf } from './visitors.ts'
import type { Work } from './works.ts'

export interface Entrant {
  /** Under which its figures are found. */
  name: string
  contender: Contender
  work: Work
  scale?: Partial<Scale>
  /** For a look inside. */
  nodeOptions?: readonly string[]
}

export interface Figure {
  /** Processor time of the server, in microseconds per request. */
  cost: number
  /** Requests per second. */
  speed: number
}

export interface AtWork {
  name: string
  slowness: number
  measure (requests: number): Promise<Figure>
  stop (): Promise<void>
}

type Ask = (count: number) => Promise<void>

/** Starts the entrant in a fresh process, sees that it does its work, and logs its visitors in. */
export async function putToWork ({ name, contender, work, scale, nodeOptions = [] }: Entrant, connectionCount: number, redis: string | undefined): Promise<AtWork> {
  const circumstances = { nodeOptions, ...scale && { scale }, ...work.redis && redis !== undefined && { redis } }
  const server = await startServer(contender, circumstances)
  try {
    await checkContender(contender, work, server.port)
    const connections = await openConnections(server.port, connectionCount)
    const visitors = Math.min(scale?.logins ?? usualScale.logins, contender.mostLogins ?? Infinity)
    const measure = contender.open && work.kind === 'logout'
      ? measureBy(server, await pagesAsked(connections, contender, { ...work, kind: 'page', path: '/public' }, visitors))
      : work.kind === 'logout'
        ? async (requests: number) => await measureBy(server, await logoutsAsked(connections, contender, requests))(requests)
        : measureBy(server, work.kind === 'login' ? loginsAsked(connections, contender) : await pagesAsked(connections, contender, work, visitors))
    const named = async (requests: number): Promise<Figure> => await measure(requests).catch((cause: unknown) => {
      throw new Error(`${name} failed`, { cause })
    })
    return { name, slowness: contender.slowness, measure: named, stop: async () => { connections.close(); await server.stop() } }
  } catch (error) {
    await server.stop()
    throw error
  }
}

function measureBy (server: ServerProcess, ask: Ask): AtWork['measure'] {
  return async (requests) => {
    const before = await server.cpuTime()
    const start = performance.now()
    await ask(requests)
    const seconds = (performance.now() - start) / 1000
    return { cost: (await server.cpuTime() - before) / requests, speed: requests / seconds }
  }
}

async function pagesAsked (connections: Connections, contender: Contender, { as, path, redis }: Work, visitors: number): Promise<Ask> {
  const cookies = as === 'nobody' ? [''] : await visitorsOf(connections, contender, visitors, as === 'remember', redis === true)
  // A hundred thousand questions as bytes would fill the processor's cache that the server needs, so each is made when it is asked.
  const made = cookies.length > 1000 ? null : cookies.map((cookie) => bytesOf(pageQuestion(path, cookie), connections.port))
  let turn = 0
  const question = (): Buffer => {
    turn = (turn + 1) % cookies.length
    return made?.[turn] ?? bytesOf(pageQuestion(path, cookies[turn] as string), connections.port)
  }
  return (count) => connections.ask(count, question)
}

function loginsAsked (connections: Connections, contender: Contender): Ask {
  let visitor = 0
  return (count) => connections.ask(count, () => bytesOf(loginQuestion(contender, visitor++, false), connections.port))
}

/** Each login is ended once: what ends logins that have ended already does less. */
async function logoutsAsked (connections: Connections, contender: Contender, count: number): Promise<Ask> {
  const cookies = await logIn(connections, contender, count, false)
  const questions = cookies.map((cookie) => bytesOf(logoutQuestion(contender, cookie), connections.port))
  return () => connections.ask(count, (number) => questions[number] as Buffer)
}
