/**
 * Everything that a browser may be doing when something goes wrong.
 *
 * @module
 */
import { comeBack, endsAtOnce, get, logIn, logInBriefly, logInFresh, nobody, post, proven, remembered, stayAway, type Operation } from './operation.ts'
import { recordOperations } from './record-operations.ts'
import { refusals } from './refusals.ts'
import { responses } from './responses.ts'

/** The tokens of the application, which say who is remembered. */
const withTokens: Operation['options'] = ({ remember }) => ({ remember })

const logins: readonly Operation[] = [
  { name: 'a guarded page', prepare: logInFresh, act: get('/members'), before: proven, after: proven },
  { name: 'a page that asks for a fresh login', prepare: logInFresh, act: get('/vault'), before: proven, after: proven },
  { name: 'a restore', prepare: comeBack, act: get('/members'), before: remembered, after: remembered, restores: true },
  { name: 'a restore by a token of the application', prepare: comeBack, act: get('/members'), before: remembered, after: remembered, restores: true, options: withTokens },
  { name: 'a first login', prepare: stayAway, act: post('/login/1', { remember: true }), before: nobody, after: proven, writesSession: true },
  {
    name: 'a login that goes on to the page that was asked for',
    prepare: stayAway,
    act: post('/enter/1'),
    before: nobody,
    after: proven,
    status: 302,
    options: () => ({ nextIn: 'session' }),
    writesSession: true
  },
  { name: 'a login of the same user', prepare: logIn, act: post('/login/1', { remember: true }), before: remembered, after: proven, writesSession: true },
  { name: 'a login that gives a token of the application', prepare: logIn, act: post('/login/1', { remember: true }), before: remembered, after: proven, options: withTokens },
  { name: 'a login of one who comes back', prepare: comeBack, act: post('/login/1'), before: remembered, after: proven, restores: true, writesSession: true },
  {
    name: 'a login of another user',
    prepare: logInFresh,
    act: post('/login/2', { remember: true }),
    before: proven,
    after: { user: '2', fresh: true },
    forgives: ['store.remove'],
    writesSession: true
  },
  { name: 'a confirmation', prepare: logIn, act: post('/confirm'), before: remembered, after: proven },
  { name: 'a confirmation of a login that is not remembered', prepare: logInBriefly, act: post('/confirm'), before: remembered, after: proven },
  { name: 'a confirmation of one who comes back', prepare: comeBack, act: post('/confirm'), before: remembered, after: proven, restores: true }
]

const ends: readonly Operation[] = [
  { name: 'a logout', prepare: logInFresh, act: post('/logout'), before: proven, after: nobody, happened: endsAtOnce, writesSession: true },
  {
    name: 'a logout of one who comes back',
    prepare: comeBack,
    act: post('/logout'),
    before: remembered,
    after: nobody,
    restores: true,
    happened: endsAtOnce
  },
  { name: 'an end by endLogin', prepare: logInFresh, act: post('/end/this'), before: proven, after: nobody, happened: endsAtOnce },
  { name: 'an end of the others by endLogins', prepare: logInFresh, act: post('/end/others'), before: proven, after: proven },
  {
    name: 'an end of every login',
    prepare: logInFresh,
    act: post('/end/every'),
    before: proven,
    after: nobody,
    endsEverybody: true,
    happened: ({ done }) => done.includes('store.removeAll')
  }
]

export const operations: readonly Operation[] = [...logins, ...responses, ...ends, ...refusals, ...recordOperations]
