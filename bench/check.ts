/** Asks of every contender, before it is measured, whether it does the work at all. */

import assert from 'node:assert/strict'
import { browserHeaders } from './browser-headers.ts'
import type { Contender } from './contenders.ts'
import { pagePath, userOf } from './page.ts'
import { cookiesAfter, loginQuestion, logoutQuestion, pageQuestion, rememberCookieOf } from './questions.ts'
import type { Question } from './questions.ts'
import type { Work } from './works.ts'

const visitor = 7

/** In milliseconds: a contender that does not answer must not hold up the others for ever. */
const patience = 10_000

/** Fails where a visitor gets in without a login, is kept out with one, or stays in after logging out. */
export async function checkContender (contender: Contender, work: Work, port: number): Promise<void> {
  const ask = asker(contender, port)
  if (contender.open) {
    await ask(work.kind === 'page' ? pageQuestion(work.path, '') : loginQuestion(contender, visitor, false), 200)
    return
  }
  const path = work.as === 'nobody' ? pagePath : work.path || pagePath
  if (work.as === 'nobody' && work.kind === 'page') await ask(pageQuestion(work.path, ''), 200)
  await ask(pageQuestion(path, ''), 'refused')
  const wrong = loginQuestion(contender, visitor, false)
  await ask({ ...wrong, body: wrong.body.replace('password of', 'no password of') }, 'refused')

  const { cookies: loggedIn } = await ask(loginQuestion(contender, visitor, work.as === 'remember'), 200)
  assert.notEqual(loggedIn, '', `${contender.name} sets no cookie at login`)
  const cookies = work.as === 'remember' ? rememberCookieOf(contender, loggedIn) : loggedIn
  const page = await ask(pageQuestion(path, cookies), 200)
  assert.ok(page.text.includes(userOf(visitor).name), `${contender.name} shows the page of somebody else: ${page.text}`)
  if (work.as === 'remember') assert.notEqual(page.cookies, cookies, `${contender.name} restores no login from the remember cookie`)

  const { cookies: loggedOut } = await ask(logoutQuestion(contender, loggedIn), 200, loggedIn)
  await ask(pageQuestion(path, loggedOut), 'refused')
}

function asker (contender: Contender, port: number) {
  return async ({ method, path, headers, body }: Question, expected: 200 | 'refused', before = headers.cookie ?? ''): Promise<{ text: string, cookies: string }> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method, headers: { ...browserHeaders, ...headers }, redirect: 'manual', signal: AbortSignal.timeout(patience), ...method === 'POST' && { body }
    })
    const text = await answer.text()
    const isRight = expected === 200 ? answer.status === 200 : [302, 303, 400, 401, 403].includes(answer.status)
    assert.ok(isRight, `${contender.name} answers ${method} ${path} with ${answer.status} instead of ${expected}: ${text.slice(0, 500)}`)
    return { text, cookies: cookiesAfter(answer.headers.getSetCookie(), before) }
  }
}
