/**
 * A server in a process of its own, for tests: its logins are kept where STORE_URL says. It prints its port.
 *
 * @module
 */
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import { Kysely, PostgresDialect } from 'kysely'
import login, { requireLogin, type LoginStore, type LoginUserOptions } from 'fastify-login'
import { RedisStore } from 'fastify-login/redis'
import { SqlStore } from 'fastify-login/sql'
import { Pool } from 'pg'
import type { AddressInfo } from 'node:net'

async function openStore (url: string): Promise<LoginStore> {
  // Whoever asks while the store is away is told so, rather than kept waiting.
  if (url.startsWith('redis:')) return new RedisStore({ client: new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: () => 50 }).on('error', () => {}) })
  const pool = new Pool({ connectionString: url }).on('error', () => {})
  const store = new SqlStore({ db: new Kysely({ dialect: new PostgresDialect({ pool }) }) })
  await store.createTable()
  return store
}

const app = Fastify()
await app.register(login, {
  key: 'a secret that both processes share, of 32 bytes or more',
  loadUser: (id: string) => ({ id, name: id }),
  store: await openStore(process.env.STORE_URL ?? '')
})
app.get('/members', { preHandler: requireLogin }, (request) => request.currentLogin)
app.post<{ Body: LoginUserOptions }>('/login', async (request) => ({ ok: await request.loginUser({ id: '1', name: '1' }, request.body) }))
app.post('/logout', async (request) => ({ ok: await request.logoutUser() }))
app.post('/end-others', async (request) => {
  await app.login.endLogins('1', { except: request.currentLogin?.id ?? '' })
  return {}
})
app.post('/end-everybodys', async () => {
  await app.login.endEveryLogin()
  return {}
})
await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`port ${(app.server.address() as AddressInfo).port}\n`)
