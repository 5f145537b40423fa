import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { closesAfter } from '../support/closing.ts'
import { skipPostgres, startPostgres } from '../support/postgres.ts'
import { skipRedis, startRedis } from '../support/redis.ts'
import type { ThrowAwayServer } from '../support/servers.ts'
import { startProcess, Visitor } from './processes.ts'
import type { ServerProcess } from '../support/server-process.ts'

const stores = {
  Redis: { skip: skipRedis, start: startRedis },
  PostgreSQL: { skip: skipPostgres, start: startPostgres }
}

for (const [name, { skip, start }] of Object.entries(stores)) {
  describe(`two processes on one ${name}`, { skip }, () => {
    const atEnd = closesAfter()
    let store: ThrowAwayServer
    let first: ServerProcess
    let second: ServerProcess
    before(async () => {
      store = await start()
      atEnd(() => store.stop())
      first = await started()
      second = await started()
    })

    async function started (): Promise<ServerProcess> {
      const server = await startProcess(store.url)
      atEnd(() => server.stop())
      return server
    }

    async function loggedIn (at: ServerProcess, options: object = {}): Promise<Visitor> {
      const visitor = new Visitor()
      assert.equal(await visitor.post(`${at.origin}/login`, options), 200)
      return visitor
    }

    it('know a login that began at the other', async () => {
      const visitor = await loggedIn(first)
      assert.equal(await visitor.get(`${first.origin}/members`), 200)
      assert.equal(await visitor.get(`${second.origin}/members`), 200)
      assert.equal(await new Visitor().get(`${second.origin}/members`), 401)
    })

    it('know at the next request that a login was ended at the other, and its remember cookie with it', async () => {
      const visitor = await loggedIn(first, { remember: true })
      const thief = visitor.copy()
      assert.equal(await thief.get(`${first.origin}/members`), 200)
      assert.equal(await visitor.post(`${second.origin}/logout`), 200)
      assert.equal(await visitor.get(`${first.origin}/members`), 401)
      assert.equal(await thief.get(`${first.origin}/members`), 401)
      assert.equal(await thief.get(`${second.origin}/members`), 401)
    })

    it('restore a remembered login that began at the other', async () => {
      const visitor = await loggedIn(first, { remember: true })
      visitor.restart()
      assert.equal(await visitor.get(`${second.origin}/members`), 200)
      assert.equal(await visitor.get(`${first.origin}/members`), 200)
    })

    it('end all other logins of a user at once', async () => {
      const [one, other, another] = [await loggedIn(first), await loggedIn(second), await loggedIn(first, { remember: true })]
      assert.equal(await one.post(`${second.origin}/end-others`), 200)
      assert.equal(await one.get(`${first.origin}/members`), 200)
      for (const { origin } of [first, second]) {
        assert.equal(await other.get(`${origin}/members`), 401)
        assert.equal(await another.get(`${origin}/members`), 401)
      }
    })

    it("end everybody's logins at once", async () => {
      const visitor = await loggedIn(first, { remember: true })
      assert.equal(await new Visitor().post(`${second.origin}/end-everybodys`), 200)
      assert.equal(await visitor.get(`${first.origin}/members`), 401)
      const later = await loggedIn(second)
      assert.equal(await later.get(`${first.origin}/members`), 200)
    })

    it('keep a login when they are started again', async () => {
      const visitor = await loggedIn(first)
      await first.stop()
      first = await started()
      assert.equal(await visitor.get(`${first.origin}/members`), 200)
    })

    it('answer 503 to who needs the store while it is away, and know everybody when it is back', async () => {
      const [visitor, remembered] = [await loggedIn(first), await loggedIn(first, { remember: true })]
      remembered.restart()
      await store.kill()
      for (const { origin } of [first, second]) {
        assert.equal(await visitor.get(`${origin}/members`), 503)
        assert.equal(await remembered.get(`${origin}/members`), 503)
        assert.equal(await visitor.post(`${origin}/logout`), 503)
        assert.equal(await new Visitor().post(`${origin}/login`), 503)
        assert.equal(await new Visitor().get(`${origin}/members`), 401)
      }
      await store.restart()
      for (const { origin } of [first, second]) await until(async () => await visitor.get(`${origin}/members`) === 200)
      assert.equal(await remembered.get(`${second.origin}/members`), 200)
    })
  })
}

/** Waits for what a connection does by itself. */
async function until (happened: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000
  while (!await happened()) {
    assert.ok(performance.now() < end, 'this did not happen in time')
    await setTimeout(20)
  }
}
