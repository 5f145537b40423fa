/**
 * Requests that are refused, or that say who asks by something else than a cookie, while something goes wrong.
 *
 * @module
 */
import { endsAtOnce, get, logIn, logInFresh, nobody, proven, remembered, stayAway, type Operation } from './operation.ts'

export const refusals: readonly Operation[] = [
  { name: 'a page that is refused to a visitor', prepare: stayAway, act: get('/members'), before: nobody, after: nobody, status: 401 },
  {
    name: 'a page that is refused to a visitor, who is sent to log in',
    prepare: stayAway,
    act: get('/members'),
    before: nobody,
    after: nobody,
    status: 302,
    options: () => ({ loginPath: '/login', nextIn: 'session' }),
    writesSession: true
  },
  { name: 'a page that is refused for want of a fresh login', prepare: logIn, act: get('/vault'), before: remembered, after: remembered, status: 403 },
  {
    name: 'a page that an API key opens',
    prepare: stayAway,
    act: get('/members', { authorization: '1' }),
    before: nobody,
    after: nobody,
    options: ({ loadUserFromRequest }) => ({ loadUserFromRequest })
  },
  {
    name: 'a page that is asked for in another browser',
    prepare: logInFresh,
    act: get('/members', { 'user-agent': 'Chrome' }),
    before: proven,
    after: remembered,
    // It is stale from then on, whatever becomes of the answer.
    happened: ({ done, stored }) => !stored || done.includes('store.update')
  },
  {
    name: 'a page that is asked for in another browser, under strong protection,',
    prepare: logInFresh,
    act: get('/members', { 'user-agent': 'Chrome' }),
    before: proven,
    after: nobody,
    status: 401,
    options: () => ({ sessionProtection: 'strong' }),
    happened: endsAtOnce
  },
  {
    name: 'a page that is asked for by a user who is gone',
    prepare: logInFresh,
    act: get('/members', { 'x-gone': 'yes' }),
    before: proven,
    after: nobody,
    status: 401,
    happened: endsAtOnce
  }
]
