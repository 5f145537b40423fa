/** Prepares the hooks of each contender for being timed in process: what to run, and on which exchange. */

import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { requireLogin } from 'fastify-login'
import { exchangesLike, holdExchanges } from './exchanges.ts'
import { captureHooks, runInTurn } from './hooks.ts'
import type { Exchange, Hook } from './hooks.ts'
import { findContender } from './contenders.ts'
import { openConnections } from './driver.ts'
import { requireUser } from './servers/by-hand.ts'
import { build as buildWithCookie } from './servers/cookie.ts'
import { build as buildWithLogin } from './servers/login.ts'
import { build as buildWithSecureSession } from './servers/secure-session.ts'
import { logIn } from './visitors.ts'

/** One line of the table. What `prepare` returns is given to `run`, which alone is timed. */
export interface Case<Prepared = unknown> {
  title: string
  prepare: () => Prepared
  run: (prepared: Prepared) => void
}

export interface Subject { cases: Case[], close: () => Promise<void> }

export async function prepareSubjects (): Promise<Subject[]> {
  return [
    await prepareSubject('@fastify/cookie', buildWithCookie, null),
    await prepareSubject('fastify-login', buildWithLogin, requireLogin as Hook),
    await prepareSubject('@fastify/secure-session', buildWithSecureSession, requireUser as Hook)
  ]
}

async function prepareSubject (plugin: string, build: (app: FastifyInstance) => Promise<FastifyInstance>, guard: Hook | null): Promise<Subject> {
  const app = Fastify()
  const hooks = await captureHooks(app, () => build(app))
  const hold = holdExchanges(app)
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(address).port)
  const held = await hold(port)

  const anonymous = exchangesLike(held, '')
  const runAllOnRequest = runInTurn(app, hooks.onRequest)
  const runAllPreHandler = runInTurn(app, hooks.preHandler)
  const runAllOnSend = runInTurn(app, hooks.onSend, '{}')
  const cases = [caseOf(`${plugin}: an anonymous request made, onRequest, preHandler, onSend`, anonymous.arrive, (raw) => {
    const exchange = anonymous.wrap(raw)
    runAllOnRequest(exchange)
    runAllPreHandler(exchange)
    runAllOnSend(exchange)
  })]

  const own = hooks.onRequest.filter((hook) => !isOfCookiePlugin(hook))
  const resolve = runInTurn(app, own)
  const parseCookies = runInTurn(app, hooks.onRequest.filter(isOfCookiePlugin))
  if (own.length > 0) {
    cases.push(caseOf(`${plugin}: nobody resolved`, () => {
      const exchange = anonymous.wrap(anonymous.arrive())
      parseCookies(exchange)
      return exchange
    }, resolve))
  }

  if (guard) {
    const loggedIn = exchangesLike(held, await cookieFor(port))
    const resolveAndGuard = runInTurn(app, [...own, ...hooks.preHandler, guard])
    const finish = runInTurn(app, hooks.onSend.filter((hook) => !isOfCookiePlugin(hook)), '{}')
    const prepare = (): Exchange => {
      const exchange = loggedIn.wrap(loggedIn.arrive())
      parseCookies(exchange)
      return exchange
    }
    cases.push(
      caseOf(`${plugin}: a login resolved`, prepare, resolve),
      caseOf(`${plugin}: a login resolved and guarded`, prepare, resolveAndGuard),
      caseOf(`${plugin}: a login resolved and guarded, onSend`, prepare, (exchange) => {
        resolveAndGuard(exchange)
        finish(exchange)
      })
    )
  }
  return { cases, close: async () => { held.release(); await app.close() } }
}

/** Any contender of ours has the same form to log in with. */
async function cookieFor (port: number): Promise<string> {
  const connections = await openConnections(port, 1)
  const [cookie = ''] = await logIn(connections, findContender('login'), 1, false)
  connections.close()
  return cookie
}

function caseOf<Prepared> (title: string, prepare: () => Prepared, run: (prepared: Prepared) => void): Case {
  return { title, prepare, run } as Case
}

/** Parsing the cookies costs every contender the same, and belongs to none of them. */
function isOfCookiePlugin (hook: Hook): boolean {
  return hook.name === 'fastifyCookieHandler' || hook.name === 'fastifyCookieOnSendHandler'
}
