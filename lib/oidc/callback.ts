/**
 * The route that a provider sends visitors back to: ends in `request.loginUser` or `confirmLogin`, or in an error.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { FifoMap } from 'toad-cache'
import type { Login } from '../index.ts'
import { isProven, readAnswer } from './answer.ts'
import { attemptLife, type Attempt } from './attempt.ts'
import { nowInSeconds } from './clock.ts'
import { because } from './because.ts'
import { userDigest } from './digest.ts'
import { InvalidAnswerError, NoUserError, OtherUserError, UnknownAttemptError } from './errors.ts'
import { isUnknownKey } from './failures.ts'
import { foundUser, namingToUser } from './found-user.ts'
import type { Identity } from './identity.ts'
import type { Provider } from './provider.ts'
import { providerLoginOf } from './provider-logins.ts'
import type { Site } from './site.ts'
import { sendToProvider } from './start.ts'

/** How many states that have come back are kept in mind: a code that is used twice has the provider revoke its tokens. */
const mostUsed = 10_000

/** The callback of a provider: an answer that comes back to another's is none. */
export function callbackRoute (site: Site, provider: Provider) {
  const used = new FifoMap<true>(mostUsed, attemptLife * 1000)
  return async function callback (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { state } = request.query as { state?: unknown }
    const attempt = typeof state === 'string' ? site.cookies.take(request, reply, state, nowInSeconds()) : null
    if (attempt === null || used.get(attempt.state) !== undefined) return goHome(site, request, reply)
    used.set(attempt.state, true)
    if (attempt.callback !== provider.settings.callbackId) {
      throw because(new InvalidAnswerError(), new Error('The answer came back to the callback of another provider'))
    }
    const identity = await identify(site, provider, attempt, request)
    if (identity === null) return await sendToProvider(site, provider, { ...attempt, again: true }, request, reply)
    await enter(site, provider, attempt, identity, request, reply)
    return reply.header('referrer-policy', 'no-referrer').redirect(attempt.next ?? site.settings.afterLogin, 302)
  }
}

/** The Back button of somebody who is in already leads to the site, and not to an error. */
function goHome (site: Site, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.currentLogin !== null) return reply.redirect(site.settings.afterLogin, 302)
  throw because(new UnknownAttemptError(), new Error(
    'No cookie of this log-in came with the request. It is set on the host that the visitor began on, which has to be ' +
    `that of baseUrl (${site.settings.origin}), lasts ten minutes, and goes with the first answer that comes back`))
}

/** Who came back; null where the provider signed with a key that was not known: it is known now, and the next try succeeds. */
async function identify (site: Site, provider: Provider, attempt: Attempt, request: FastifyRequest): Promise<Identity | null> {
  const question = request.originalUrl.indexOf('?')
  try {
    return await readAnswer(site, provider, attempt, request.originalUrl.slice(question))
  } catch (error) {
    if (!isUnknownKey(error)) throw error
    if (attempt.again) throw because(new InvalidAnswerError(), error)
    await provider.renew()
    return null
  }
}

async function enter (
  site: Site, provider: Provider, attempt: Attempt, identity: Identity, request: FastifyRequest, reply: FastifyReply
): Promise<void> {
  const { settings: { toUser, keepTokens, remember }, logins, marks, cookies } = site
  const { expected, startedAt } = attempt
  const login = providerLoginOf(provider, identity, keepTokens)
  if (expected !== null && expected.subject !== null && expected.subject !== login.subject) throw new OtherUserError()
  const user = foundUser(await toUser(identity, request))
  if (user === null) throw new NoUserError()
  if (expected !== null) {
    const isTheirs = isLoggedIn(request, expected.user) && await namingToUser(request.confirmLogin(user))
    if (!isTheirs) throw new OtherUserError()
  } else {
    // A session at the provider lets in whoever sits there: only a proof that is younger than the question is one.
    const fresh = isProven(attempt, identity.claims, provider.settings) === true
    const options = { remember, fresh, ...logins.optionsFor(login) }
    if (!await namingToUser(request.loginUser(user, options))) throw new NoUserError()
    cookies.succeed(request, reply, nowInSeconds())
  }
  const current = request.currentLogin as Login
  await logins.keep(current, reply, login, expected !== null)
  marks?.mark(request, current, login, startedAt)
}

function isLoggedIn ({ currentLogin }: FastifyRequest, user: string): boolean {
  return currentLogin !== null && userDigest(currentLogin.userId) === user
}
