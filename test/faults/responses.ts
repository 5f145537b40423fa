/**
 * Requests whose handler returns a `Response`, which decides whether what it prepared takes effect.
 *
 * @module
 */
import { comeBack, get, logIn, logInFresh, nobody, post, proven, remembered, stayAway, type Operation } from './operation.ts'

export const responses: readonly Operation[] = [
  { name: 'a guarded page that is a Response', prepare: logInFresh, act: get('/respond/members'), before: proven, after: proven },
  { name: 'a page that is a Response, for one who comes back,', prepare: comeBack, act: get('/respond/members'), before: remembered, after: remembered, restores: true },
  { name: 'a login whose response is a Response', prepare: stayAway, act: post('/respond/1/201'), before: nobody, after: proven, status: 201 },
  { name: 'a login whose Response is a 4xx', prepare: stayAway, act: post('/respond/1/403'), before: nobody, after: nobody, status: 403 },
  { name: 'a login whose Response is a 5xx', prepare: stayAway, act: post('/respond/1/502'), before: nobody, after: nobody, status: 502 },
  { name: 'a login of another user whose Response is a 4xx', prepare: logInFresh, act: post('/respond/2/403'), before: proven, after: proven, status: 403 },
  { name: 'a login of another user whose Response is a 5xx', prepare: logInFresh, act: post('/respond/2/502'), before: proven, after: proven, status: 502 },
  { name: 'a confirmation whose Response is a 4xx', prepare: logIn, act: post('/respond/confirm/422'), before: remembered, after: remembered, status: 422 },
  { name: 'a login of one who comes back, whose Response is a 4xx,', prepare: comeBack, act: post('/respond/1/403'), before: remembered, after: remembered, status: 403, restores: true },
  { name: 'a confirmation of one who comes back, whose Response is a 5xx,', prepare: comeBack, act: post('/respond/confirm/502'), before: remembered, after: remembered, status: 502 }
]
