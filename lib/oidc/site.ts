/**
 * What all routes of one registration share.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LoginManager, LoginUserOptions } from '../index.ts'
import type { BrowserCookies } from './browser-cookies.ts'
import type { ProviderLogin } from './identity.ts'
import type { LoginMarks } from './login-marks.ts'
import type { Peers } from './peers.ts'
import type { Provider } from './provider.ts'
import type { SiteSettings } from './settings.ts'
import type { Tokens } from './tokens.ts'

/** Keeps who a user is at their provider with the login: in cookies, or in the login's record. */
export interface ProviderLogins {
  /** What `loginUser` is to be given for it. */
  optionsFor (login: ProviderLogin): Pick<LoginUserOptions, 'data'>
  /** Once the user is logged in, or an earlier login of theirs is confirmed. */
  keep (request: FastifyRequest, reply: FastifyReply, login: ProviderLogin, confirmed: boolean): Promise<void>
  /** Who the user of a request is at their provider; null where that is not known. */
  find (request: FastifyRequest): Promise<ProviderLogin | null>
  /** Once the user is logged out. */
  forget (request: FastifyRequest, reply: FastifyReply): void
}

export interface Site {
  readonly manager: LoginManager
  readonly settings: SiteSettings
  readonly peers: Peers
  readonly providers: ReadonlyMap<string, Provider>
  readonly cookies: BrowserCookies
  readonly logins: ProviderLogins
  /** Null without a store. */
  readonly marks: LoginMarks | null
  readonly tokens: Tokens
}

export function nowInSeconds (): number {
  return Date.now() / 1000
}
