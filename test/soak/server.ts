/**
 * A server of the soak, in a process of its own: its logins are kept in the Redis at STORE_URL. It prints its port.
 *
 * @module
 */
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import type { AddressInfo } from 'node:net'
import login, { requireFreshLogin, requireLogin, type LoginUserOptions } from 'fastify-login'
import { RedisStore } from 'fastify-login/redis'

const client = new Redis(process.env.STORE_URL ?? '', { maxRetriesPerRequest: 1, commandTimeout: 2000, retryStrategy: () => 50 })
client.on('error', () => {})

let logins = 0
const app = Fastify()
await app.register(login, {
  key: 'a secret that all servers of the soak share, of 32 bytes or more',
  loadUser: (id: string) => ({ id, name: id }),
  store: new RedisStore({ client })
})
app.get('/members', { preHandler: requireLogin }, (request) => ({ user: request.currentUser.id }))
app.get('/vault', { preHandler: requireFreshLogin }, (request) => ({ user: request.currentUser.id }))
app.post<{ Params: { id: string }, Body: LoginUserOptions }>('/login/:id', async (request) => {
  const { id } = request.params
  const ok = await request.loginUser({ id, name: id }, request.body)
  if (ok) logins++
  return { ok }
})
app.post('/confirm', async (request) => ({ ok: await request.confirmLogin() }))
app.post('/logout', async (request) => ({ ok: await request.logoutUser() }))
app.post('/end-others', { config: { login: 'required' } }, async (request) => {
  const { id, userId } = request.currentLogin!
  return { ended: await app.login.endLogins(userId, { except: id }) }
})
app.get('/memory', { config: { login: 'ignored' } }, () => {
  globalThis.gc?.()
  // Of what is outside the heap, buffers alone: the rest rises by megabytes at a time, and not with what is served.
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { heap: heapUsed + arrayBuffers, resident: rss, logins }
})
await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`port ${(app.server.address() as AddressInfo).port}\n`)
