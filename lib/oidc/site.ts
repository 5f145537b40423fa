/**
 * What all routes of one registration share.
 *
 * @module
 */
import type { LoginManager } from '../index.ts'
import type { BrowserCookies } from './browser-cookies.ts'
import type { LoginMarks } from './login-marks.ts'
import type { Peers } from './peers.ts'
import type { Provider } from './provider.ts'
import type { ProviderLogins } from './provider-logins.ts'
import type { SiteSettings } from './settings.ts'
import type { Tokens } from './tokens.ts'

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
