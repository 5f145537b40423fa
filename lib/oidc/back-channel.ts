/**
 * The route where a provider tells, server to server, that a user or one of their sessions has ended there.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { nowInSeconds } from './clock.ts'
import { LogoutTokenError } from './errors.ts'
import type { LoginMarks } from './login-marks.ts'
import { readLogoutToken } from './logout-token.ts'
import type { Site } from './site.ts'

export function backChannelRoute ({ peers, providers }: Site, marks: LoginMarks) {
  return async function backChannelLogout (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply.header('cache-control', 'no-store')
    const { logout_token: token } = (request.body ?? {}) as { logout_token?: unknown }
    const { named, id, expiresAt } = await readLogoutToken(peers.jose, providers.values(), token)
    if (await marks.wasSaid(id)) throw new LogoutTokenError()
    await marks.end(named)
    // Not before it has happened: a provider that is told of a failure says it again.
    await marks.noteSaid(id, expiresAt - nowInSeconds() + 60)
    return reply.code(200).send()
  }
}
