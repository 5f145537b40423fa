import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser } from '../../support/browser.ts'
import { stopClock } from '../../support/clock.ts'
import { createStoredApp } from '../../support/store.ts'

// The successor came back with a login or a confirmation, which does not write that down; a visit would.
for (const url of ['/login/1', '/confirm']) {
  it(`A remember cookie whose successor came back, with ${url}, is a copy: it lets nobody in`, async (t) => {
    const clock = stopClock(t)
    const { app, told } = await createStoredApp()
    const browser = new Browser(app)
    await browser.post('/login/1', { remember: true })
    const thief = browser.copy()
    thief.cookies.delete('login')
    await browser.post('/login/1', { remember: true })
    await browser.post(url)
    clock.advance(61)
    told()
    const seen = (await thief.get('/whoami')).json()
    assert.deepEqual([seen.user, seen.lapse, told()], [null, 'stolen', ['rememberTokenStolen', 'loginEnded']])
  })
}
