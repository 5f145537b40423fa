import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import type { LoginOptions, LoginRecord } from 'fastify-login'
import { Moments } from '../../lib/moments.ts'
import { RecentEnds } from '../../lib/logins/recent-ends.ts'
import { inSlices, nextTurn, sliceSize, sortInSlices } from '../../lib/logins/slices.ts'
import { makeRecord } from '../../lib/testing/login-store/setting.ts'
import { createApp } from '../support/app.ts'
import { Barrier } from '../support/barrier.ts'
import { Browser } from '../support/browser.ts'
import { stopClock } from '../support/clock.ts'
import { createStoredApp, onlyRecord, type StoredApp } from '../support/store.ts'
import { turnsDuring } from '../support/turns.ts'
import type { User } from '../support/user.ts'

const count = 12 * sliceSize

/** An application with one user who has thousands of logins, one of them in a browser. */
async function createBusy (options: object = {}) {
  const barrier = new Barrier()
  const outcome = { fails: false }
  const test = await createStoredApp({
    options: { maxLogins: null, authHash: (user: User) => user.passwordHash, ...options } as Partial<LoginOptions>,
    after: (app, users) => {
      app.post('/password', async (request) => {
        users.set('1', { ...users.get('1')!, passwordHash: 'changed' })
        return { ok: await request.confirmLogin(users.get('1')!) }
      })
      app.get('/logins', async (request) => (await app.login.logins('1', request)).map(({ seenAt }) => seenAt))
      app.addHook('onSend', async (request) => {
        if (request.headers['x-late'] === undefined) return
        await barrier.pass()
        if (outcome.fails) throw new Error('late')
      })
    }
  })
  const browser = new Browser(test.app)
  await browser.post('/login/1')
  const record = await onlyRecord(test)
  await fill(test, record)
  return { ...test, test, browser, barrier, outcome, own: record.id }
}

async function fill ({ store }: StoredApp, record: LoginRecord): Promise<void> {
  for (let login = 0; login < count; login++) {
    const id = randomBytes(25).toString('base64url').slice(0, 33)
    await store.memory.create({ ...record, id, seenAt: record.seenAt - (login * 7919) % count })
  }
}

/** Others had their turn after each slice, each of so many times that all logins were gone through. */
function assertTurns (turns: number, times: number): void {
  assert.ok(turns >= times * (count / sliceSize - 1), `${turns} turns`)
}

describe('a user with thousands of logins lets others have their turn', () => {
  it('at a change of the password, which ends all the others', async () => {
    const { browser, app, own } = await createBusy()
    const told: string[] = []
    let [ofTurn, mostOfTurn] = [0, 0]
    app.login.on('loginEnded', ({ id }) => {
      told.push(id!)
      if (ofTurn++ === 0) setImmediate(() => { ofTurn = 0 })
      mostOfTurn = Math.max(mostOfTurn, ofTurn)
    })
    const { turns, result } = await turnsDuring(() => browser.post('/password'))
    assert.deepEqual(result.json(), { ok: true })
    assertTurns(turns, 2)
    assert.deepEqual((await app.login.logins('1')).map(({ id }) => id), [own])
    for (let turn = 0; told.length < count && turn < count; turn++) await nextTurn()
    assert.equal(new Set(told).size, count, 'each of them is told of')
    assert.ok(mostOfTurn <= 2 * sliceSize, 'not all in one turn')
  })

  it('at a change of the password that fails after all, which brings them back', async () => {
    const { browser, app, barrier, outcome, events, records } = await createBusy()
    outcome.fails = true
    const failing = browser.send({ method: 'POST', url: '/password', payload: {}, headers: { 'x-late': 'yes' } })
    await barrier.reached
    assert.equal((await app.login.logins('1')).length, 1, 'nobody can use them meanwhile')
    const { turns } = await turnsDuring(async () => {
      barrier.open()
      assert.equal((await failing).statusCode, 500)
    })
    assertTurns(turns, 1)
    assert.equal((await records()).filter(({ expiresAt }) => expiresAt > 0).length, count + 1)
    assert.deepEqual(events.filter(({ name }) => name === 'loginEnded'), [])
  })

  it('when their logins are listed, in their order', async () => {
    const { browser } = await createBusy()
    const { turns, result } = await turnsDuring(() => browser.get('/logins'))
    assertTurns(turns, 3)
    const seen = result.json() as number[]
    assert.equal(seen.length, count + 1)
    assert.deepEqual(seen, [...seen].sort((one, other) => other - one))
  })

  it('when they are all ended but one', async () => {
    const { browser, app, own } = await createBusy()
    const { turns } = await turnsDuring(() => app.login.endLogins('1', { except: own }))
    assertTurns(turns, 1)
    assert.deepEqual((await app.login.logins('1')).map(({ id }) => id), [own])
    assert.equal(await browser.whoami(), '1')
  })

  for (const onMaxLogins of ['end-oldest', 'refuse'] as const) {
    it(`when a limit comes later (${onMaxLogins})`, async (t) => {
      const clock = stopClock(t)
      const { store } = await createBusy()
      clock.advance(1)
      const limited = await createStoredApp({ store, options: { maxLogins: 5, onMaxLogins } })
      const { turns, result } = await turnsDuring(() => new Browser(limited.app).post('/login/1'))
      assertTurns(turns, onMaxLogins === 'end-oldest' ? 4 : 2)
      assert.equal(result.json().ok, onMaxLogins === 'end-oldest')
      assert.equal((await limited.app.login.logins('1')).length, onMaxLogins === 'end-oldest' ? 5 : count + 1)
    })
  }
})

describe('where maxLogins is not set, a user has', () => {
  async function logInMany (times: number, options: object): Promise<StoredApp & { browsers: Browser[] }> {
    const test = await createStoredApp({ options })
    const browsers: Browser[] = []
    for (let login = 0; login < times; login++) {
      browsers.push(new Browser(test.app))
      await browsers.at(-1)!.post('/login/1')
    }
    return { ...test, browsers }
  }

  it('a hundred logins with a store: the oldest ends when another begins', async (t) => {
    const clock = stopClock(t)
    const { app, store, browsers, events } = await logInMany(1, {})
    for (let login = 0; login < 100; login++) {
      clock.advance(1)
      browsers.push(new Browser(app))
      await browsers.at(-1)!.post('/login/1')
    }
    assert.equal((await app.login.logins('1')).length, 100)
    const users = await Promise.all([0, 1, 100].map((login) => browsers[login]!.whoami()))
    assert.deepEqual(users, [null, '1', '1'])
    const ended = events.filter(({ name }) => name === 'loginEnded')
    assert.deepEqual(ended.map(({ payload }) => payload['reason']), ['limit'])
    assert.equal((await store.recordsOf('1')).length, 100)
  })

  it('any number where null lifts the limit', async () => {
    const { app } = await logInMany(101, { maxLogins: null })
    assert.equal((await app.login.logins('1')).length, 101)
  })

  it('any number without a store, where none is needed for it', async () => {
    const { app } = await createApp()
    const browsers = Array.from({ length: 101 }, () => new Browser(app))
    for (const browser of browsers) await browser.post('/login/1')
    assert.equal(await browsers[0]!.whoami(), '1')
  })

  it('one list more to ask for at each login, and nothing more at any other request', async () => {
    const { store, browsers } = await logInMany(1, {})
    assert.deepEqual(store.called, ['create', 'list'])
    store.reset()
    await browsers[0]!.whoami()
    await browsers[0]!.post('/confirm')
    assert.equal(store.called.includes('list'), false)
  })
})

describe('what a process remembers of recent ends', () => {
  it('overlooks none, however many logins one user ends meanwhile', () => {
    const recent = new RecentEnds(new Moments())
    const [ended, alive] = [makeRecord(), makeRecord()]
    const askedAt = recent.count
    recent.note(ended.id)
    const after = recent.count
    assert.deepEqual([ended, alive].map((record) => recent.concern(record, askedAt)), [true, false])
    for (let login = 0; login < 20_000; login++) recent.note(`login ${login}`)
    assert.equal(recent.concern(ended, askedAt), true)
    assert.equal(recent.concern(ended, after), true, 'what it does not know any more it asks for again')
    assert.equal(recent.concern(ended, recent.count), false)
    assert.equal(recent.concern(makeRecord({ id: 'login 19999' }), recent.count - 2), true)
    assert.equal(recent.concern(ended, recent.count - 2), false)
  })
})

describe('slices', () => {
  it('wait for all of a slice where one of it fails, and begin no other', async () => {
    const done: number[] = []
    const items = Array.from({ length: 2 * sliceSize }, (_, index) => index)
    await assert.rejects(inSlices(items, async (item) => {
      if (item === 3) throw new Error('lost')
      await nextTurn()
      done.push(item)
    }), /lost/)
    assert.equal(done.length, sliceSize - 1)
  })

  it('sort as one list would be, equal ones in the order in which they came', async () => {
    for (const length of [0, 1, sliceSize, sliceSize + 1, 7 * sliceSize + 3]) {
      const items = Array.from({ length }, (_, index) => ({ index, key: (index * 7919) % 50 }))
      const compare = (one: { key: number }, other: { key: number }) => one.key - other.key
      assert.deepEqual(await sortInSlices(items, compare), [...items].sort(compare))
    }
  })
})
