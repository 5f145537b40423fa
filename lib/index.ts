/**
 * The public names. What the plugin adds to requests and instances is Fastify's own: see README.
 *
 * @module fastify-login
 */
import './augmentation.ts'

export { fastifyLogin, fastifyLogin as default } from './plugin.ts'
export { requireAnonymous, requireFreshLogin, requireFreshLoginWithin, requireLogin } from './guards.ts'
export { membersOnly } from './members-only.ts'
export { asFresh, FreshUser } from './fresh-user.ts'
export { AnonymousUser, UserMixin } from './user.ts'
export { identifyByAddressAndUserAgent, identifyByNetworkAndUserAgent, identifyByUserAgent } from './browser.ts'
export { MemoryStore } from './logins/memory-store.ts'
export * as errors from './errors.ts'

export type { Anonymous, AnyUser, RealmName, Realms, RealmUser, Register, User } from './user.ts'
export type { AccountOptions, LoginOptions, RefusalHandler, RememberOptions } from './options.ts'
export type { CookieOptions } from './cookies.ts'
export type { IdentifyBrowser } from './browser.ts'
export type { Login, LoginLapse } from './current-login.ts'
export type { LoginEndReason, LoginEvents, LoginListener } from './events.ts'
export type { LoginError } from './errors.ts'
export type { LoginInfo } from './logins/login-info.ts'
export type { LoginRecord, LoginStore, RememberRecord } from './logins/store.ts'
export type { LoginManager } from './manager.ts'
export type { CookieSeal } from './extension.ts'
export type { SealedFact } from './seal.ts'
export type { LoginUserOptions } from './login-options.ts'
export type { SessionProtection } from './protection.ts'
export type { AnonymousGuard, Guard, Guarded, GuardedScope, GuardScope, LoginPolicy } from './typing.ts'
