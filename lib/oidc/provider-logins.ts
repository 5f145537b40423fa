/**
 * The port behind which it is kept who a user is at their provider.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Login, LoginUserOptions } from '../index.ts'
import type { ProviderLogin } from './identity.ts'

/** Keeps who a user is at their provider with the login: in cookies, or in the login's record. */
export interface ProviderLogins {
  /** What `loginUser` is to be given for it. */
  optionsFor (login: ProviderLogin): Pick<LoginUserOptions, 'data'>
  /** Once the user is logged in, or an earlier login of theirs is confirmed. */
  keep (current: Login, reply: FastifyReply, login: ProviderLogin, confirmed: boolean): Promise<void>
  /** Where the response fails after all: takes off it what `keep` wrote there. */
  withdraw (reply: FastifyReply): void
  /** Who the user of a request is at their provider; null where that is not known. */
  find (request: FastifyRequest): Promise<ProviderLogin | null>
  /** Once the user is logged out. */
  forget (request: FastifyRequest, reply: FastifyReply): void
}
