/**
 * What needs records, or changes nothing but a record, while something goes wrong.
 *
 * @module
 */
import { Browser } from '../support/browser.ts'
import type { Clock } from '../support/clock.ts'
import { comeBack, endsAtOnce, get, logInFresh, nobody, post, proven, remembered, type Operation } from './operation.ts'

/** Who holds the copy of a remember cookie, by the browser that it was taken from. */
const thieves = new WeakMap<Browser, Browser>()

/** The copy is of a cookie whose successor was used. */
async function beRobbed (browser: Browser, clock: Clock): Promise<void> {
  await comeBack(browser)
  thieves.set(browser, browser.copy())
  await browser.whoami()
  await browser.whoami()
  clock.advance(60)
}

async function logInBefore (browser: Browser, clock: Clock): Promise<void> {
  await logInFresh(browser)
  clock.advance(1)
}

async function logInAMinuteAgo (browser: Browser, clock: Clock): Promise<void> {
  await logInFresh(browser)
  clock.advance(60)
}

export const recordOperations: readonly Operation[] = [
  {
    name: 'a page whose use is to be written down',
    prepare: logInAMinuteAgo,
    act: get('/members'),
    before: proven,
    after: proven,
    options: () => ({ idleTimeout: 600 }),
    forgives: ['store.update']
  },
  {
    name: 'a page that renews the remember cookie',
    prepare: logInAMinuteAgo,
    act: get('/members'),
    before: proven,
    after: proven,
    options: () => ({ remember: { refreshEachRequest: true } }),
    forgives: ['store.update']
  },
  {
    name: 'a page that is asked for with a stolen remember cookie',
    prepare: beRobbed,
    act: (browser) => get('/members')(thieves.get(browser) as Browser),
    before: remembered,
    after: nobody,
    status: 401,
    needsStore: true,
    elsewhere: true,
    happened: endsAtOnce
  },
  {
    name: 'a login elsewhere, beyond the limit,',
    prepare: logInBefore,
    act: ({ app }) => post('/login/1', { remember: true })(new Browser(app)),
    before: proven,
    after: nobody,
    options: () => ({ maxLogins: 1 }),
    needsStore: true,
    elsewhere: true,
    forgives: ['store.remove']
  },
  {
    name: 'a login elsewhere, which is refused for the limit,',
    prepare: logInBefore,
    act: ({ app }) => post('/login/1', { remember: true })(new Browser(app)),
    before: proven,
    after: proven,
    options: () => ({ maxLogins: 1, onMaxLogins: 'refuse' }),
    needsStore: true,
    elsewhere: true
  },
  { name: 'a list of logins', prepare: logInFresh, act: get('/logins'), before: proven, after: proven, needsStore: true },
  { name: 'a change of the data of a login', prepare: logInFresh, act: post('/data'), before: proven, after: proven, needsStore: true }
]
