/** Times the hooks alone, without socket, router or serializer: what a plugin adds to a request that has its cookies parsed. */

import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { requireLogin } from 'fastify-login'
import { measure } from 'mitata'
import { exchangesLike, holdExchanges } from './exchanges.ts'
import { captureHooks, runInTurn } from './hooks.ts'
import type { Exchange, Hook } from './hooks.ts'
import { table } from './report.ts'
import { logIn } from './server-process.ts'
import { build as buildWithLogin } from './servers/login-guarded.ts'
import { build as buildWithSecureSession, requireUser } from './servers/secure-session.ts'
import { summarise } from './statistics.ts'

interface Case { title: string, next: () => Exchange, run: (exchange: Exchange) => void, rounds: number[][] }

const rounds = 7
const subjects = [
  await prepare('fastify-login', buildWithLogin, requireLogin as Hook),
  await prepare('@fastify/secure-session', buildWithSecureSession, requireUser as Hook)
]
const cases = subjects.flatMap((subject) => subject.cases)
for (const { next, run } of cases) {
  // One slow first run would make mitata time every run by itself.
  for (let count = 0; count < 20_000; count++) run(next())
}
for (let round = 0; round < rounds; round++) {
  for (const one of cases) one.rounds.push([await time(one)])
}
for (const { close } of subjects) await close()

const rows = cases.map(({ title, rounds }) => {
  const { median, min, max } = summarise(rounds)
  return [title, ...[median, min, max].map((nanoseconds) => (nanoseconds / 1000).toFixed(2))]
})
console.log(table(['hooks alone, µs per request', 'median', 'min', 'max'], rows))

async function prepare (plugin: string, build: (app: FastifyInstance) => Promise<FastifyInstance>, guard: Hook): Promise<{ cases: Case[], close: () => Promise<void> }> {
  const app = Fastify()
  const hooks = await captureHooks(app, () => build(app))
  const hold = holdExchanges(app)
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(address).port)
  const held = await hold(port)

  const parseCookies = runInTurn(app, hooks.onRequest.filter(isOfCookiePlugin))
  const resolve = hooks.onRequest.filter((hook) => !isOfCookiePlugin(hook))
  const runResolve = runInTurn(app, resolve)
  const runGuarded = runInTurn(app, [...resolve, guard])
  const runOnSend = runInTurn(app, hooks.onSend.filter((hook) => !isOfCookiePlugin(hook)), '{}')
  const anonymous = exchangesLike(held, '', parseCookies)
  const loggedIn = exchangesLike(held, await logIn(port), parseCookies)
  return {
    cases: [
      { title: `${plugin}, no login: resolve`, next: anonymous, run: runResolve },
      { title: `${plugin}, no login: resolve and onSend`, next: anonymous, run: (exchange: Exchange) => { runResolve(exchange); runOnSend(exchange) } },
      { title: `${plugin}, a login: resolve`, next: loggedIn, run: runResolve },
      { title: `${plugin}, a login: resolve and guard`, next: loggedIn, run: runGuarded },
      { title: `${plugin}, a login: resolve, guard and onSend`, next: loggedIn, run: (exchange: Exchange) => { runGuarded(exchange); runOnSend(exchange) } }
    ].map((one) => ({ ...one, rounds: [] })),
    async close () {
      held.release()
      await app.close()
    }
  }
}

/**
 * The quarter of the batches that was disturbed least, because others on the machine can only add.
 * The batches are small, so that waiting requests are no burden on the garbage collector.
 */
async function time ({ next, run }: Case): Promise<number> {
  const subject = { 0: next, bench: (exchange: Exchange) => run(exchange) }
  const { p25 } = await measure(function * () { yield subject as never }, {
    batch_samples: 64,
    batch_threshold: Infinity,
    min_cpu_time: 1e8
  })
  return p25
}

function isOfCookiePlugin (hook: Hook): boolean {
  return hook.name === 'fastifyCookieHandler' || hook.name === 'fastifyCookieOnSendHandler'
}
