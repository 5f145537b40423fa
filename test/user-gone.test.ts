import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser, setCookies } from './support/browser.ts'
import { describeWays } from './support/ways.ts'
import type { FastifyRequest } from 'fastify'

const guest = { 'x-guest': 'Ada' }
const byHeader = ({ headers }: FastifyRequest) => headers['x-guest'] === undefined ? null : { id: '9', name: headers['x-guest'] as string }

describeWays('the login of a user who is gone', (way) => {
  async function loggedIn () {
    const test = await way.createApp({ options: { loadUserFromRequest: byHeader } })
    const browser = new Browser(test.app)
    await browser.post('/login/1')
    return { ...test, browser, ada: test.users.get('1')! }
  }

  it('ends, and its cookie is cleared: nobody has it back with the user', async () => {
    const { browser, users, ada } = await loggedIn()
    const copy = browser.copy()
    users.delete('1')
    assert.deepEqual(setCookies(await browser.get('/whoami')).map(({ name, value }) => [name, value]), [['login', '']])
    users.set('1', ada)
    assert.equal(await copy.whoami(), null)
  })

  it("is in nobody's way: the request may still name a user of its own", async () => {
    const { browser, users } = await loggedIn()
    users.delete('1')
    assert.equal((await browser.get('/members', guest)).json().user, '9')
  })

  it("goes on where an older generation of it came, which is in nobody's way either", async () => {
    const { browser, users, ada } = await loggedIn()
    const older = browser.copy()
    await browser.post('/confirm')
    users.delete('1')
    const answer = await older.get('/members', guest)
    assert.deepEqual([answer.json().user, setCookies(answer)], ['9', []])
    users.set('1', ada)
    assert.equal(await browser.whoami(), '1')
  })
})
