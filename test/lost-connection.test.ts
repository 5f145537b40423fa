import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { test, type TestContext } from 'node:test'
import type { FastifyReply } from 'fastify'
import { Barrier } from './support/barrier.ts'
import type { User } from './support/user.ts'
import { describeWays, type Way } from './support/ways.ts'

describeWays('a visitor whose connection is lost', (way) => {
  test('before there is an answer is logged in all the same, and listeners hear of it', async (t) => {
    const barrier = new Barrier()
    const { visitor, told } = await visit(t, way, async (reply, logIn) => {
      reply.raw.once('close', () => { barrier.open() })
      await barrier.pass()
      await logIn()
      return 'too late'
    })
    await barrier.reached
    visitor.destroy()
    assert.equal(await told, '1')
  })

  test('while the answer is on its way is logged in all the same, and listeners hear of it', async (t) => {
    const { visitor, told } = await visit(t, way, async (reply, logIn) => {
      await logIn()
      return await reply.send(Readable.from((async function * () {
        yield 'a page that never ends'
        await once(reply.raw, 'close')
      })()))
    })
    await once(visitor, 'data')
    visitor.destroy()
    assert.equal(await told, '1')
  })
})

/** Sends one request, and tells whose login listeners have heard of. */
async function visit (t: TestContext, way: Way, answer: (reply: FastifyReply, logIn: () => Promise<boolean>) => unknown) {
  const { app } = await way.createApp({
    after: (app, users) => app.get('/slow', async (request, reply) => await answer(reply, async () => await request.loginUser(users.get('1')!)))
  })
  const told = new Promise<string>((resolve) => { app.login.once('userLoggedIn', ({ user }) => resolve((user as User).id)) })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.after(async () => await app.close())
  const visitor = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  visitor.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n')
  return { visitor, told }
}
