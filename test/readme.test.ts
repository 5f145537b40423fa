import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { codeBlocks, complaints, readme } from './support/documentation.ts'

const quickStart = codeBlocks(readme)[0]!
// Inside the project, so that its imports are found; in a folder that git ignores.
const data = join(import.meta.dirname, '../data')
mkdirSync(data, { recursive: true })
const folder = mkdtempSync(join(data, 'readme-'))
after(() => { rmSync(folder, { recursive: true }) })

let app: FastifyInstance
before(async () => {
  const file = join(folder, 'quick-start.ts')
  const injectable = quickStart.code.replace(/^await app\.listen\(.*$/m, 'export { app }')
  assert.notEqual(injectable, quickStart.code, 'the quick start ends by listening')
  writeFileSync(file, injectable)
  const module = await import(file) as { app: FastifyInstance }
  app = module.app
})
after(() => app?.close())

test('the quick start has twenty lines at most, blank ones aside', () => {
  const lines = quickStart.code.split('\n').filter((line) => line.trim() !== '')
  assert.ok(lines.length <= 20, `it has ${lines.length}`)
})

test('the quick start compiles', () => {
  assert.deepEqual(complaints([quickStart]), [])
})

test('the quick start sends a browser to log in, and a program an error', async () => {
  const page = await app.inject({ url: '/', headers: { accept: 'text/html' } })
  assert.equal(page.statusCode, 302)
  assert.equal(page.headers.location, '/login?next=%2F')
  const answer = await app.inject('/')
  assert.equal(answer.statusCode, 401)
  assert.equal(answer.json().code, 'FST_LOGIN_UNAUTHORIZED')
})

test('the quick start refuses a wrong password, and a login without a body', async () => {
  const wrong = await app.inject({ method: 'POST', url: '/login', payload: { name: 'Ada', password: 'wrong' } })
  assert.equal(wrong.statusCode, 401)
  assert.equal(wrong.cookies.length, 0)
  assert.equal((await app.inject({ method: 'POST', url: '/login' })).statusCode, 401)
})

test('the quick start logs in, remembers, and logs out', async () => {
  const login = await app.inject({ method: 'POST', url: '/login?next=%2F%3Fpage%3D2', payload: { name: 'Ada', password: 'analytical engine' } })
  assert.equal(login.statusCode, 302)
  assert.equal(login.headers.location, '/?page=2')
  const cookies = Object.fromEntries(login.cookies.map(({ name, value }) => [name, value]))
  assert.deepEqual(Object.keys(cookies).sort(), ['login', 'remember_token'])

  assert.equal((await app.inject({ url: '/', cookies })).body, 'Hello Ada')
  const remembered = await app.inject({ url: '/', cookies: { remember_token: cookies.remember_token! } })
  assert.equal(remembered.body, 'Hello Ada')

  await app.inject({ method: 'POST', url: '/logout', cookies })
  assert.equal((await app.inject({ url: '/', cookies })).statusCode, 401)
})
