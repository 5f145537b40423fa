import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireAnonymous, requireFreshLogin, requireLogin } from 'fastify-login'
import { createApp } from './support/app.ts'
import type { FastifyInstance } from 'fastify'

const asPreflight = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }

async function open (after: (app: FastifyInstance) => unknown): Promise<(url: string, headers?: Record<string, string>, method?: 'OPTIONS' | 'GET') => Promise<number>> {
  const { app } = await createApp({ after })
  return async (url, headers = asPreflight, method = 'OPTIONS') => (await app.inject({ method, url, headers })).statusCode
}

test('a CORS preflight passes where the route lists OPTIONS itself', async () => {
  const ask = await open((app) => {
    app.options('/alone', { preHandler: requireLogin }, () => 'preflight')
    app.route({ method: ['OPTIONS'], url: '/listed', preHandler: requireFreshLogin, handler: () => 'preflight' })
    app.route({ method: ['POST', 'OPTIONS'], url: '/both', onRequest: requireAnonymous, handler: () => 'preflight' })
    app.options('/config', { config: { login: 'required' } }, () => 'preflight')
  })
  for (const url of ['/alone', '/listed', '/both', '/config']) assert.equal(await ask(url), 200, url)
})

test('a CORS preflight does not pass where the route came from app.all', async () => {
  const ask = await open((app) => app.all('/all', { preHandler: requireLogin }, () => 'the page'))
  assert.equal(await ask('/all'), 401)
  assert.equal(await ask('/all', {}), 401)
})

test('an OPTIONS request that is no preflight does not pass', async () => {
  const ask = await open((app) => app.options('/alone', { preHandler: requireLogin }, () => 'the page'))
  assert.equal(await ask('/alone', {}), 401)
  assert.equal(await ask('/alone', { origin: 'https://shop.example' }), 401)
  assert.equal(await ask('/alone', { 'access-control-request-method': 'POST' }), 401)
})

test('another method with the headers of a preflight does not pass', async () => {
  const ask = await open((app) => app.route({ method: ['GET', 'OPTIONS'], url: '/both', preHandler: requireLogin, handler: () => 'the page' }))
  assert.equal(await ask('/both', asPreflight, 'GET'), 401)
})

test('a preflight passes the default that denies, where the route lists OPTIONS', async () => {
  const { app } = await createApp({
    options: { defaultLogin: 'required' },
    after: (app) => {
      app.options('/alone', () => 'preflight')
      app.all('/all', () => 'the page')
    }
  })
  assert.equal((await app.inject({ method: 'OPTIONS', url: '/alone', headers: asPreflight })).statusCode, 200)
  assert.equal((await app.inject({ method: 'OPTIONS', url: '/all', headers: asPreflight })).statusCode, 401)
})

test('a route from app.all does not open where the application adds a method later', async () => {
  const ask = await open((app) => {
    app.all('/all', { preHandler: requireLogin }, () => 'the page')
    app.addHttpMethod('PROPFIND')
  })
  assert.equal(await ask('/all'), 401)
})
