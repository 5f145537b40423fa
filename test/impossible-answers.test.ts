import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setCookies } from './support/browser.ts'
import { sendRaw } from './support/raw.ts'
import { unhandledRejection } from './support/rejections.ts'
import { describeWays } from './support/ways.ts'
import type { LightMyRequestResponse } from 'fastify'

describeWays('an answer that cannot be sent, as its headers hold what none may', (way) => {
  const enter = 'POST /enter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

  test('fails the request, and nothing else', async (t) => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/enter', async (request, reply) => {
        await request.loginUser(users.get('1')!)
        return reply.redirect('/\u65e5\u672c')
      })
    })
    t.after(() => app.close())
    const { statusCode } = await Promise.race([sendRaw(app, enter), unhandledRejection(t)])
    assert.equal(statusCode, 500)
  })

  test('carries no new credential', async (t) => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/enter', async (request, reply) => {
        await request.loginUser(users.get('1')!, { remember: true })
        return reply.header('x-name', '\u65e5\u672c').send('welcome')
      })
    })
    t.after(() => app.close())
    const { statusCode, headers } = await Promise.race([sendRaw(app, enter), unhandledRejection(t)])
    assert.equal(statusCode, 500)
    const line = headers.get('set-cookie')
    const cookies = setCookies({ headers: line === undefined ? {} : { 'set-cookie': line } } as unknown as LightMyRequestResponse)
    assert.deepEqual(cookies.filter(({ value }) => value !== ''), [])
  })

  test('whose later hook fails carries no new credential', async (t) => {
    const { app } = await way.createApp({
      after: (app, users) => {
        app.addHook('onSend', async (request, reply) => {
          if (request.url === '/enter' && reply.statusCode < 500) throw new Error('on purpose')
        })
        app.post('/enter', async (request) => await request.loginUser(users.get('1')!))
      }
    })
    t.after(() => app.close())
    const response = await app.inject({ method: 'POST', url: '/enter' })
    assert.equal(response.statusCode, 500)
    assert.deepEqual(setCookies(response).filter(({ value }) => value !== ''), [])
  })
})
