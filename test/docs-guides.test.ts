import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, test } from 'node:test'
import { Browser } from './support/browser.ts'
import { codeBlocks } from './support/documentation.ts'
import { oldSessions, password, Programs } from './support/program.ts'

const programs = new Programs()
after(() => programs.close())

const program = async (guide: string, position: number) => await programs.run(codeBlocks(`docs/migrating-from-${guide}.md`)[position]!)

for (const [guide, wrong] of [['flask-login', 401], ['passport', 302], ['express-session', 401]] as const) {
  test(`what the guide from ${guide} ends with logs users in and turns strangers away`, async () => {
    const { app } = await program(guide, 0)
    const browser = new Browser(app)
    assert.equal((await browser.get('/settings')).headers.location, '/login?next=%2Fsettings')
    assert.equal((await browser.post('/login', { name: 'Ada', password: 'wrong' })).statusCode, wrong)
    assert.equal((await browser.post('/login?next=%2Fsettings', { name: 'Ada', password })).headers.location, '/settings')
    assert.equal((await browser.get('/settings')).body, 'Ada')
  })
}

test('a strategy of passport that is kept proves who somebody is, and the plugin logs them in', async () => {
  const { app } = await program('passport', 1)
  const browser = new Browser(app)
  assert.equal((await browser.get('/github/callback')).headers.location, '/')
  assert.equal((await browser.get('/settings')).body, 'yours')
})

test('a login of express-session is carried over once, and is not fresh', async () => {
  const { app } = await program('express-session', 1)
  const fresh: boolean[] = []
  app.login.on('userLoggedIn', ({ request }) => { fresh.push(request.loginFresh) })
  // As express-session 1.19 writes them.
  oldSessions.set('an-old-session', { cookie: { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }, userId: '1' })
  const signature = createHmac('sha256', process.env['OLD_SECRET']!).update('an-old-session').digest('base64').replace(/=+$/, '')
  const browser = new Browser(app)
  browser.cookies.set('connect.sid', { value: encodeURIComponent(`s:an-old-session.${signature}`), persistent: true })
  for (const visit of ['first', 'second']) assert.equal((await browser.get('/settings', { 'x-forwarded-proto': 'https' })).body, 'Ada', visit)
  assert.deepEqual(fresh, [false])
  await app.login.endLogins('1')
  assert.equal((await browser.get('/settings')).statusCode, 401, 'what was ended does not come back')
  assert.ok(Array.from(oldSessions.values()).every((session) => (session as { userId?: string }).userId === undefined))
})
