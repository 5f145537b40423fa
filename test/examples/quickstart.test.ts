/** What the quickstart example promises, without a browser. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { openQuickstart } from './open-quickstart.ts'
import type { Quickstart } from './open-quickstart.ts'
import { Visitor } from './visitor.ts'

const password = 'correct horse'

async function register (app: FastifyInstance, name: string): Promise<Visitor> {
  const visitor = new Visitor(app)
  const answer = await visitor.submit('/register', { name, password, repeated: password })
  assert.equal(answer.headers.location, '/dashboard', answer.body)
  return visitor
}

describe('the quickstart', () => {
  let app: FastifyInstance
  let users: Quickstart['users']
  before(async () => { ({ app, users } = await openQuickstart()) })
  after(() => app.close())

  test('a guarded page sends a visitor to the login page, says why, and is where the login leads', async () => {
    await register(app, 'Grace')
    const visitor = new Visitor(app)
    const refused = await visitor.open('/dashboard')
    assert.equal(refused.statusCode, 302)
    assert.equal(refused.headers.location, '/login?next=%2Fdashboard')
    assert.match((await visitor.open('/login?next=%2Fdashboard')).body, /Please log in to access this page/)
    const answer = await visitor.submit('/login?next=%2Fdashboard', { name: 'Grace', password })
    assert.equal(answer.headers.location, '/dashboard')
    assert.match((await visitor.open('/dashboard')).body, /<h1>Hello, Grace<\/h1>/)
  })

  test('a message is shown once, however often it was left', async () => {
    const visitor = new Visitor(app)
    await visitor.open('/dashboard')
    await visitor.open('/dashboard')
    const shown = (await visitor.open('/login')).body.match(/Please log in/g)
    assert.equal(shown?.length, 1)
    assert.doesNotMatch((await visitor.open('/login')).body, /Please log in/)
  })

  test('somebody who only looks at the front page gets no cookie', async () => {
    assert.deepEqual((await new Visitor(app).open('/')).cookies, [])
  })

  test('a form that does not come from a page of the site is refused, and changes nothing', async () => {
    const visitor = await register(app, 'Barbara')
    for (const url of ['/confirm', '/settings', '/logout']) {
      const answer = await visitor.send(url, new URLSearchParams({ password: 'of a thief', repeated: 'of a thief' }).toString())
      assert.equal(answer.statusCode, 403)
      assert.match(answer.body, /This form is out of date/)
    }
    assert.equal((await visitor.open('/dashboard')).statusCode, 200)
    for (const url of ['/login', '/register']) {
      const other = new Visitor(app)
      const answer = await other.send(url, new URLSearchParams({ name: 'Barbara', password, repeated: password, _csrf: 'guessed' }).toString())
      assert.equal(answer.statusCode, 403)
      assert.equal((await other.open('/dashboard')).statusCode, 302)
    }
  })

  test('who logged out in another tab may log out here, too, and finds the way from any other form', async () => {
    const visitor = await register(app, 'Evelyn')
    const forms = (await visitor.open('/settings')).body
    const stale = new URLSearchParams({ _csrf: /name="_csrf" value="([^"]*)"/.exec(forms)?.[1] ?? '' }).toString()
    await visitor.submit('/logout', {}, '/dashboard')
    const again = await visitor.send('/logout', stale)
    assert.deepEqual([again.statusCode, again.headers.location], [302, '/'])
    const settings = await visitor.send('/settings', stale)
    assert.equal(settings.statusCode, 403)
    assert.match(settings.body, /<a class="button" href="\/settings">Open the page again/)
    assert.match(settings.body, /<a href="\/login">Log in/)
  })

  test('a wrong password and an unknown name get the same answer, with the name kept and the password not', async () => {
    await register(app, 'Edsger')
    const pages = []
    for (const name of ['Edsger', 'Nobody']) {
      const visitor = new Visitor(app)
      const answer = await visitor.submit('/login', { name, password: 'a wrong one', remember: 'yes' })
      assert.equal(answer.statusCode, 401)
      assert.match(answer.body, new RegExp(`value="${name}"`))
      assert.match(answer.body, /aria-describedby="password-problem" aria-invalid="true"/)
      assert.match(answer.body, /name="remember" value="yes" checked/)
      assert.doesNotMatch(answer.body, /a wrong one/)
      pages.push(answer.body.replaceAll(name, '').replace(/name="_csrf" value="[^"]*"/, ''))
    }
    assert.equal(pages[0], pages[1])
  })

  test('a name can be taken once, in whatever case', async () => {
    await register(app, 'Adele')
    const visitor = new Visitor(app)
    const answer = await visitor.submit('/register', { name: 'ADELE', password, repeated: password })
    assert.equal(answer.statusCode, 409)
    assert.match(answer.body, /This name is taken/)
    assert.match(answer.body, /value="ADELE"/)
    assert.equal((await visitor.open('/dashboard')).statusCode, 302)
  })

  test('two registrations at once cannot both have a name', async () => {
    const answers = await Promise.all([1, 2].map(() =>
      new Visitor(app).submit('/register', { name: 'Radia', password, repeated: password })))
    assert.deepEqual(answers.map((answer) => answer.statusCode).sort(), [302, 409])
  })

  test('what is wrong with a registration stands at the field it is about', async () => {
    const answer = await new Visitor(app).submit('/register', { name: 'x', password: 'short', repeated: 'other' })
    assert.equal(answer.statusCode, 400)
    for (const name of ['name', 'password', 'repeated']) assert.match(answer.body, new RegExp(`id="${name}-problem"`))
    assert.match(answer.body, /aria-describedby="password-hint password-problem" aria-invalid="true"/)
    assert.match(answer.body, /<title>Error: Register/)
  })

  test('a name is shown as text, whatever is in it', async () => {
    const visitor = await register(app, '<img src=x onerror=alert(1)>"\'&')
    for (const url of ['/', '/dashboard', '/settings', '/confirm']) {
      const { body } = await visitor.open(url)
      assert.doesNotMatch(body, /<img src=x/)
      assert.match(body, /&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;/)
    }
    const { body } = await new Visitor(app).submit('/login', { name: '"><script>', password })
    assert.match(body, /value="&quot;&gt;&lt;script&gt;"/)
  })

  test('a login never leads to another site', async () => {
    const visitor = await register(app, 'Frances')
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/\t/evil.example']) {
      const query = `?next=${encodeURIComponent(next)}`
      const confirmed = await visitor.submit(`/confirm${query}`, { password })
      assert.equal(confirmed.headers.location, '/dashboard')
      await visitor.submit('/logout', {}, '/dashboard')
      const answer = await visitor.submit(`/login${query}`, { name: 'Frances', password })
      assert.equal(answer.headers.location, '/dashboard')
    }
  })

  test('a remembered visitor comes back logged in, and gives the password again before the settings', async () => {
    await register(app, 'Ada')
    const visitor = new Visitor(app)
    await visitor.submit('/login', { name: 'Ada', password, remember: 'yes' })
    visitor.restart()
    assert.match((await visitor.open('/dashboard')).body, /Yes: you stay logged in/)

    const refused = await visitor.open('/settings')
    assert.equal(refused.headers.location, '/confirm?next=%2Fsettings')
    assert.match((await visitor.open('/confirm?next=%2Fsettings')).body, /Please give your password again/)
    const wrong = await visitor.submit('/confirm?next=%2Fsettings', { password: 'a wrong one' })
    assert.equal(wrong.statusCode, 401)
    assert.equal((await visitor.open('/settings')).statusCode, 302)
    const right = await visitor.submit('/confirm?next=%2Fsettings', { password })
    assert.equal(right.headers.location, '/settings')
    assert.equal((await visitor.open('/settings')).statusCode, 200)
  })

  test('without "remember me" a login ends with the browser', async () => {
    const visitor = await register(app, 'Joan')
    visitor.restart()
    assert.equal((await visitor.open('/dashboard')).statusCode, 302)
  })

  test('a new password logs every other browser out, and only those', async () => {
    const here = await register(app, 'Margaret')
    const there = new Visitor(app)
    await there.submit('/login', { name: 'Margaret', password, remember: 'yes' })

    const unequal = await here.submit('/settings', { password: 'battery staple', repeated: 'battery stable' })
    assert.equal(unequal.statusCode, 400)
    assert.equal((await there.open('/dashboard')).statusCode, 200)

    const answer = await here.submit('/settings', { password: 'battery staple', repeated: 'battery staple' })
    assert.equal(answer.headers.location, '/settings')
    assert.match((await here.open('/settings')).body, /Your password is changed/)
    assert.equal((await there.open('/dashboard')).statusCode, 302)
    there.restart()
    assert.equal((await there.open('/dashboard')).statusCode, 302)

    assert.equal((await there.submit('/login', { name: 'Margaret', password })).statusCode, 401)
    assert.equal((await there.submit('/login', { name: 'Margaret', password: 'battery staple' })).statusCode, 302)
  })

  test('cookies kept from before a log-out are worth nothing after it', async () => {
    await register(app, 'Hedy')
    const visitor = new Visitor(app)
    await visitor.submit('/login', { name: 'Hedy', password, remember: 'yes' })
    const thief = new Visitor(app)
    for (const [name, cookie] of visitor.cookies) thief.cookies.set(name, cookie)
    assert.equal((await thief.open('/dashboard')).statusCode, 200)

    const answer = await visitor.submit('/logout', {}, '/dashboard')
    assert.equal(answer.headers.location, '/')
    const home = await visitor.open('/')
    assert.match(home.body, /You are logged out/)
    assert.doesNotMatch(home.body, /Hedy/)
    assert.equal((await thief.open('/dashboard')).statusCode, 302)
    thief.restart()
    assert.equal((await thief.open('/dashboard')).statusCode, 302)
  })

  test('somebody who is logged in is not shown the login page', async () => {
    const visitor = await register(app, 'Karen')
    for (const url of ['/login', '/register']) assert.equal((await visitor.open(url)).statusCode, 302)
  })

  test('no request answers 500 because of what was sent', async () => {
    const visitor = new Visitor(app)
    const token = /name="_csrf" value="([^"]*)"/.exec((await visitor.open('/login')).body)?.[1]
    const bodies = [
      '', 'name', 'name=%00&password=%00', 'name=a&name=b&password=c&password=d', 'name=%ff%fe', 'name=%', `name=${'x'.repeat(5000)}`
    ]
    for (const url of ['/login', '/register']) {
      for (const body of bodies) {
        const answer = await visitor.send(url, `${body}&_csrf=${token}`)
        assert.ok([400, 401].includes(answer.statusCode), `${answer.statusCode} to ${body.slice(0, 40)}`)
      }
      for (const [body, type] of [['null', 'application/json'], ['[', 'application/json'], ['text', 'text/plain'], ['?', 'image/png']] as const) {
        const answer = await visitor.send(url, body, type)
        assert.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${answer.statusCode} to ${type}`)
      }
    }
    for (const url of ['/%zz', '/?next=a&next=b', '/login?next=a&next=b']) assert.ok((await visitor.open(url)).statusCode < 500)
  })

  test('a failing database is a page that says so, and logs nobody out', async (context) => {
    const visitor = await register(app, 'Leslie')
    const failing = context.mock.method(users, 'find', () => Promise.reject(new Error('the disk is full')))
    const answer = await visitor.open('/dashboard')
    assert.equal(answer.statusCode, 500)
    assert.match(answer.body, /Something went wrong here/)
    assert.doesNotMatch(answer.body, /the disk is full/)
    failing.mock.restore()
    assert.equal((await visitor.open('/dashboard')).statusCode, 200)
  })

  test('every answer is a page of the site, with its headers', async () => {
    const visitor = new Visitor(app)
    for (const [url, status, title] of [['/', 200, 'Home'], ['/nowhere', 404, 'Page not found'], ['/%zz', 400, 'That did not work']] as const) {
      const answer = await visitor.open(url)
      assert.equal(answer.statusCode, status)
      assert.match(answer.body, /<html lang="en">/)
      assert.match(answer.body, new RegExp(`<title>.*${title}`))
      assert.match(String(answer.headers['content-security-policy']), /default-src 'none'/)
      assert.equal(answer.headers['x-content-type-options'], 'nosniff')
      assert.equal(answer.headers['referrer-policy'], 'same-origin')
      for (const [, path] of answer.body.matchAll(/(?:href|src)="(\/[^"]*\.(?:css|svg))"/g)) {
        assert.equal((await visitor.open(path ?? '')).statusCode, 200)
      }
    }
    assert.equal((await visitor.send('/nowhere', '')).statusCode, 404)
  })
})

test('users and logins outlive a restart of the server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quickstart-'))
  const first = await openQuickstart(folder)
  const visitor = await register(first.app, 'Ada')
  await first.app.close()

  const second = await openQuickstart(folder)
  const returning = new Visitor(second.app)
  for (const [name, cookie] of visitor.cookies) returning.cookies.set(name, cookie)
  assert.match((await returning.open('/dashboard')).body, /Hello, Ada/)
  await second.app.close()
  await rm(folder, { recursive: true })
})
