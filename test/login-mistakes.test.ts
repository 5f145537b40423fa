import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser, setCookies } from './support/browser.ts'
import type { User } from './support/user.ts'
import { describeWays } from './support/ways.ts'

describeWays('a mistake in logging in', (way) => {
  const mistakes: ReadonlyArray<readonly [string, unknown, object | null | undefined, string]> = [
    ['no user', null, undefined, 'FST_LOGIN_INVALID_ARGUMENT'],
    ['an id for a user', '1', undefined, 'FST_LOGIN_INVALID_ARGUMENT'],
    ['a user without an id', {}, undefined, 'FST_LOGIN_INVALID_USER_ID'],
    ['an id that is null', { id: null }, undefined, 'FST_LOGIN_INVALID_USER_ID'],
    ['an empty id', { id: '' }, undefined, 'FST_LOGIN_INVALID_USER_ID'],
    ['an object for an id', { id: {} }, undefined, 'FST_LOGIN_INVALID_USER_ID'],
    ['an id that is not a number', { id: Number.NaN }, undefined, 'FST_LOGIN_INVALID_USER_ID'],
    ['an id of 256 bytes', { id: 'é'.repeat(128) }, undefined, 'FST_LOGIN_INVALID_USER_ID'],
    ['an id that is no Unicode', { id: '\ud800' }, undefined, 'FST_LOGIN_INVALID_USER_ID'],
    ['null for the options', { id: '1' }, null, 'FST_LOGIN_INVALID_ARGUMENT'],
    ['an unknown option', { id: '1' }, { remeber: true }, 'FST_LOGIN_INVALID_ARGUMENT'],
    ['a duration of nothing', { id: '1' }, { duration: 0 }, 'FST_LOGIN_INVALID_ARGUMENT'],
    ['a duration in words', { id: '1' }, { duration: '1 day' }, 'FST_LOGIN_INVALID_ARGUMENT'],
    ['a duration of digits', { id: '1' }, { duration: '3600' }, 'FST_LOGIN_INVALID_ARGUMENT'],
    ['a duration longer than browsers keep cookies', { id: '1' }, { duration: 400 * 24 * 3600 + 1 }, 'FST_LOGIN_INVALID_ARGUMENT'],
    ['an answer of isActive that must be awaited', { id: '1', isActive: async () => true }, undefined, 'FST_LOGIN_INVALID_ARGUMENT']
  ]
  for (const [what, user, options, code] of mistakes) {
    it(`(${what}) is a coded error, and nothing is half-written`, async () => {
      const { app, events } = await way.createApp({
        after: (app) => app.post('/mistake', async (request) => await request.loginUser(user as User, options as object))
      })
      const browser = new Browser(app)
      await browser.post('/login/2', { remember: true })
      const answer = await browser.post('/mistake')
      assert.deepEqual([answer.statusCode, answer.json().code, setCookies(answer)], [500, code, []])
      assert.equal(events.length, 1)
      assert.equal(await browser.whoami(), '2')
    })
  }

  const duration = 'The option duration of loginUser may be a positive number of seconds, at most 34560000 (400 days)'
  const explanations: ReadonlyArray<readonly [unknown, string]> = [
    ['remember', 'The options of loginUser may be an object, or left out'],
    [null, 'The options of loginUser may be an object, or left out'],
    [{ remeber: true }, 'loginUser has no option remeber: its options are remember, duration, force, fresh and data'],
    [{ remember: 'on' }, 'The option remember of loginUser may be true or false'],
    [{ force: 1 }, 'The option force of loginUser may be true or false'],
    [{ fresh: null }, 'The option fresh of loginUser may be true or false'],
    [{ duration: 0 }, duration],
    [{ duration: '3600' }, duration]
  ]
  it('in the options is explained by what they may be', async () => {
    const { app } = await way.createApp({
      after: (app, users) => app.post('/mistake/:which', async (request) => {
        const { which } = request.params as { which: number }
        return await request.loginUser(users.get('1')!, explanations[which]![0] as object)
      })
    })
    const answers = explanations.map(async (_, which) => (await app.inject({ method: 'POST', url: `/mistake/${which}` })).json().message)
    assert.deepEqual(await Promise.all(answers), explanations.map(([, message]) => message))
  })

  it('(no object for a user) is told what it was', async () => {
    for (const [user, what] of [[null, 'null'], ['1', 'a string'], [undefined, 'undefined']]) {
      const { app } = await way.createApp({ after: (app) => app.post('/mistake', async (request) => await request.loginUser(user as never)) })
      assert.equal((await app.inject({ method: 'POST', url: '/mistake' })).json().message, `fastify-login: loginUser needs a user, an object, and was given ${what}.`)
    }
  })

  it('(no loadUser) is a coded error: no later request could tell who the user is', async () => {
    const { app } = await way.createApp({ options: { loadUser: undefined, loadUserFromRequest: () => null } as never })
    const answer = await new Browser(app).post('/login/1')
    assert.deepEqual([answer.json().code, setCookies(answer)], ['FST_LOGIN_INVALID_ARGUMENT', []])
    assert.equal(answer.json().message, 'loginUser needs the option loadUser: without it no later request could tell who the user is')
  })
})
