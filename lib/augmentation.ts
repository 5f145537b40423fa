/**
 * Tells Fastify's types what the plugin adds to requests, instances and route config.
 *
 * @module
 */
import type {
  FastifyPluginAsync, FastifySchema, FastifyTypeProviderDefault, preHandlerAsyncHookHandler, preHandlerHookHandler,
  RawRequestDefaultExpression, RawServerDefault, RegisterOptions, RouteGenericInterface
} from 'fastify'
import type { Login, LoginLapse } from './current-login.ts'
import type { LoginUserOptions } from './login-options.ts'
import type { LoginManager } from './manager.ts'
import type { LoginOptions } from './options.ts'
import type { AnonymousGuard, CurrentUser, Guard, LoginPolicy } from './typing.ts'
import type { AnyUser } from './user.ts'

declare const named: unique symbol
/** The plugin, known by name to `register` below. */
export type LoginPlugin = FastifyPluginAsync<LoginOptions> & { readonly [named]: 'fastify-login' }

type NotFoundHook = Guard | preHandlerHookHandler | preHandlerAsyncHookHandler

declare module 'fastify' {
  // Fastify takes options or a function that makes them. A function has no `realm`, so TypeScript could not tell by its
  // absence which realm's options it sees, and callbacks such as `authHash: (user) => …` would be refused as untyped.
  interface FastifyRegister<T> {
    (plugin: LoginPlugin, options: LoginOptions & RegisterOptions): T
  }

  // Fastify's own names for its type parameters: TypeScript asks that every declaration uses the same.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface FastifyRequest<RouteGeneric, RawServer, RawRequest, SchemaCompiler, TypeProvider, ContextConfig, Logger, RequestType> {
    /** The user behind this request, or null; never null behind `requireLogin` and inside `membersOnly`. */
    readonly currentUser: CurrentUser<TypeProvider, ContextConfig>
    /** The login behind this request, or null: nobody, or a user from `loadUserFromRequest`. */
    readonly currentLogin: Login | null
    /** Why a credential that came with this request was not honoured; null where none came, or it was. */
    readonly loginLapse: LoginLapse | null
    /** Whether the user proved who they are recently enough for `requireFreshLogin`. */
    readonly loginFresh: boolean
    /** Whether the request carries a valid remember cookie of this login. */
    readonly loginRemembered: boolean
    /**
     * Logs a user in: takes effect with the response, if its status is below 400. False, and nothing done, where the
     * user is not active, or has as many logins as `maxLogins` allows. Rejects with `FST_LOGIN_INVALID_USER_ID`, `FST_LOGIN_INVALID_ARGUMENT`,
     * `FST_LOGIN_COOKIE_TOO_LARGE`, `FST_LOGIN_CANNOT_SET_COOKIE` where the answer is gone, and 503 for the store.
     */
    loginUser (user: AnyUser, options?: LoginUserOptions): Promise<boolean>
    /** Ends the login and its remember cookie at once, whatever the status of the response. False where nobody was logged in. */
    logoutUser (): Promise<boolean>
    /**
     * Makes the login fresh, after the application has checked a proof of identity: takes effect with the response, if
     * its status is below 400. The user, if given, is the user after a change such as a new password; else the user is
     * loaded anew. False, and nothing done, for another user and for nobody.
     */
    confirmLogin (user?: AnyUser): Promise<boolean>
    /** Where the visitor wanted to go, if that is on this site; else the fallback. */
    nextUrl (fallback: string): string
  }

  interface FastifyInstance {
    /** The login manager. */
    login: LoginManager
    /** The imported guard `requireLogin`. */
    requireLogin: Guard
    /** The imported guard `requireFreshLogin`. */
    requireFreshLogin: Guard
    /** Makes a guard that asks for a proof of identity in the last seconds. */
    requireFreshLoginWithin (seconds: number): Guard
    /** The imported guard `requireAnonymous`. */
    requireAnonymous: AnonymousGuard
    /** Fastify's own, with route config, which Fastify takes here and its types leave out: `config.login` is honoured. */
    setNotFoundHandler<ContextConfig extends FastifyContextConfig> (
      options: { config: ContextConfig, preValidation?: NotFoundHook | NotFoundHook[], preHandler?: NotFoundHook | NotFoundHook[] },
      handler: (
        request: FastifyRequest<RouteGenericInterface, RawServerDefault, RawRequestDefaultExpression, FastifySchema, FastifyTypeProviderDefault, ContextConfig>,
        reply: FastifyReply
      ) => unknown
    ): FastifyInstance
  }

  interface FastifyContextConfig {
    /** Who may come in; overrides `defaultLogin`. */
    login?: LoginPolicy
    /** Whether a request to this route counts as use of the login, for `idleTimeout` and "last seen". Default true. */
    loginActivity?: boolean
  }
}
