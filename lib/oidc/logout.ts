/**
 * Logs out: here at once, whatever becomes of the provider, and then at the provider.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { withoutSecrets } from './because.ts'
import { CrossSiteError } from './errors.ts'
import type { Provider } from './provider.ts'
import type { ProviderLogin } from './provider-logins.ts'
import { isFromThisSite } from './same-site.ts'
import type { Site } from './site.ts'
import { wantsPage } from './wants-page.ts'

export function logoutRoute (site: Site) {
  return async function logout (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (!isFromThisSite(request, site.settings.origin)) throw new CrossSiteError()
    const id = request.currentLogin?.id
    const login = await site.logins.find(request)
    await request.logoutUser()
    site.logins.forget(request, reply)
    site.cookies.forgetRounds(request, reply)
    if (login === null || id === undefined) return answer(request, reply, site.settings.afterLogout)
    await site.marks?.unmark(id, login)
    revoke(site, login, request)
    const url = await endSessionUrl(site, login, request)
    return answer(request, reply, url ?? site.settings.afterLogout)
  }
}

/** A browser follows a redirect; a program is told where its user has to go, which no `fetch` could follow. */
function answer (request: FastifyRequest, reply: FastifyReply, location: string): FastifyReply {
  reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
  return wantsPage(request) ? reply.redirect(location, 303) : reply.send({ location })
}

/** Where the provider logs its user out (OpenID Connect RP-Initiated Logout 1.0); null where it cannot. */
async function endSessionUrl (
  { peers: { client }, settings }: Site, { provider, idToken }: ProviderLogin, request: FastifyRequest
): Promise<string | null> {
  try {
    const configuration = await provider.configuration()
    if (configuration.serverMetadata().end_session_endpoint === undefined) return null
    return client.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: settings.origin + settings.afterLogout,
      ...idToken === null ? {} : { id_token_hint: idToken }
    }).href
  } catch (error) {
    warn(request, provider, error, 'fastify-login/oidc logged a user out here, and could not at the provider')
    return null
  }
}

/** Revokes the tokens that were kept, as well as it goes: nobody waits for it. */
function revoke ({ peers: { client } }: Site, { provider, tokens }: ProviderLogin, request: FastifyRequest): void {
  const token = tokens?.refreshToken ?? tokens?.accessToken
  if (token === undefined) return
  provider.configuration()
    .then(async (configuration) => {
      if (configuration.serverMetadata().revocation_endpoint !== undefined) await client.tokenRevocation(configuration, token)
    })
    .catch((error: unknown) => {
      warn(request, provider, error, 'fastify-login/oidc could not revoke the tokens of a user who logged out')
    })
}

function warn ({ log }: FastifyRequest, { settings }: Provider, error: unknown, what: string): void {
  log.warn({ err: withoutSecrets(error), provider: settings.name }, what)
}
