/** How many commands a request sends to Redis, and how long it takes with one on the same machine. */

import Fastify from 'fastify'
import login, { requireLogin } from 'fastify-login'
import { RedisStore } from 'fastify-login/redis'
import { CountedRedis } from '../test/support/counted-redis.ts'
import { startRedis } from '../test/support/redis.ts'
import { describeMachine } from './machine.ts'
import { findUser, key, visitor } from './page.ts'

const requests = 2000

const server = await startRedis()
const client = new CountedRedis(server.url)
const app = Fastify()
await app.register(login, { key, loadUser: findUser, store: new RedisStore({ client }) })
app.get('/open', () => 'open')
app.get('/guarded', { preHandler: requireLogin }, () => 'guarded')
app.post('/login', async (request) => ({ ok: await request.loginUser(visitor, { remember: true }) }))

type Cookies = Record<string, string>

/** The cookies of a browser that has just logged in. */
async function loggedIn (): Promise<Cookies> {
  const { cookies } = await app.inject({ method: 'POST', url: '/login' })
  return Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
}

/** Asks again and again, each time with cookies made before; prints what one request sent and took. */
async function measure (title: string, url: string, makeCookies: () => Cookies | Promise<Cookies>): Promise<void> {
  const given: Cookies[] = []
  while (given.length < requests) given.push(await makeCookies())
  client.sent()
  const begun = performance.now()
  for (const cookies of given) await app.inject({ url, cookies })
  const microseconds = (performance.now() - begun) / requests * 1000
  const sent = client.sent()
  const names = [...new Set(sent)].map((name) => `${sent.filter((each) => each === name).length / requests} ${name}`)
  console.log(`${title.padEnd(44)}  ${(names.join(', ') || 'nothing').padEnd(16)}  ${Math.round(microseconds)} µs`)
}

for (const line of describeMachine()) console.log(line)
console.log()
const cookies = await loggedIn()
const { login: sealed = '', ...remembered } = cookies
await app.inject({ url: '/guarded', cookies: remembered })
await measure('anonymous, an open route', '/open', () => ({}))
await measure('anonymous, a guarded route', '/guarded', () => ({}))
await measure('a forged cookie, a guarded route', '/guarded', () => ({ login: `${sealed.slice(0, -5)}AAAAA` }))
const standing = await loggedIn()
await measure('logged in, an open route', '/open', () => standing)
await measure('logged in, a guarded route', '/guarded', () => standing)
await measure('a restore from a remember cookie', '/guarded', async () => {
  const { remember_token: remember = '' } = await loggedIn()
  return { remember_token: remember }
})
await app.close()
client.disconnect()
await server.stop()
