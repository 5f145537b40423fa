/** Logs visitors in, each contender's own way. */

import type { Contender } from './contenders.ts'
import type { Connections } from './driver.ts'
import { bytesOf, cookiesAfter, loginQuestion, rememberCookieOf, setCookiesOf } from './questions.ts'

/** The cookies of so many visitors who have just logged in. */
export async function logIn (connections: Connections, contender: Contender, visitors: number, remember: boolean): Promise<string[]> {
  if (contender.open) return Array<string>(visitors).fill('')
  const cookies = Array<string>(visitors).fill('')
  const question = (visitor: number): Buffer => bytesOf(loginQuestion(contender, visitor, remember), connections.port)
  await connections.ask(visitors, question, (answer, visitor) => {
    const own = cookiesAfter(setCookiesOf(answer))
    if (own === '') throw new Error(`${contender.name} set no cookie at login: ${answer.toString('latin1')}`)
    cookies[visitor] = remember ? rememberCookieOf(contender, own) : own
  })
  return cookies
}

const kept = new Map<string, string[]>()
const worthKeeping = 1000

/** As `logIn`, but asks those who keep nothing of a login only once in a run: their cookies are good in every process. */
export async function visitorsOf (connections: Connections, contender: Contender, visitors: number, remember: boolean, stored: boolean): Promise<string[]> {
  if (!contender.selfContained || stored || visitors < worthKeeping) return await logIn(connections, contender, visitors, remember)
  const name = `${contender.name} ${visitors} ${remember}`
  const cookies = kept.get(name) ?? await logIn(connections, contender, visitors, remember)
  kept.set(name, cookies)
  return cookies
}
