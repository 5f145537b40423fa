/**
 * Carries a guard's promise to the handler's types: `request.currentUser` is a user where a guard ran before.
 *
 * @module
 */
import type {
  FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, FastifyTypeProvider,
  FastifyTypeProviderDefault, HookHandlerDoneFunction, RawReplyDefaultExpression, RawRequestDefaultExpression,
  RawServerBase, RawServerDefault, RouteGenericInterface
} from 'fastify'
import type { Anonymous, RealmName, RealmUser, User } from './user.ts'

declare const promised: unique symbol

/**
 * Stands in a route's `ContextConfig` once a guard is among its hooks.
 * The index signature lets other plugins' route config stand beside it.
 */
export interface Guarded { [promised]?: 'user', [key: string]: unknown }

/** Stands in an instance's `TypeProvider` once `membersOnly` has guarded it; `null` is the realm without a name. */
export interface GuardedScope<Realm extends RealmName | null = null> { readonly [promised]: { realm: Realm } }

/** The values of route config `login`. */
export type LoginPolicy = 'required' | 'fresh' | 'anonymous' | 'optional' | 'ignored'

type ScopeUser<Realm> = Realm extends RealmName ? RealmUser<Realm> : User

// `promised` is read with `infer`: asking for the key would make FastifyRequest invariant, and named hooks beside
// a guard would no longer be accepted.
type RouteUser<ContextConfig> =
  ContextConfig extends { login: 'required' | 'fresh' } ? User
    : ContextConfig extends { [promised]?: infer Promised } ? [Promised] extends ['user' | undefined] ? User : User | Anonymous
      : User | Anonymous

/** The user where a guard runs first; perhaps nobody anywhere else. */
export type CurrentUser<TypeProvider, ContextConfig> =
  TypeProvider extends GuardedScope<infer Realm> ? ScopeUser<Realm> : RouteUser<ContextConfig>

export type AnyRequest = FastifyRequest<any, any, any, any, any, any, any>
export type AnyReply = FastifyReply<any, any, any, any, any, any, any>

type GuardedRequest = FastifyRequest<RouteGenericInterface, RawServerDefault, RawRequestDefaultExpression,
  FastifySchema, FastifyTypeProviderDefault, Guarded>

declare const unlike: unique symbol
// Assignable from Fastify's `done`, but no supertype of it: else TypeScript drops the guard from an array of hooks as
// a mere subtype of the plain one beside it, and its promise with it.
type Done = HookHandlerDoneFunction & { [unlike]?: never }

/**
 * A hook that accepts any request (the first signature) and promises a user (the last, which inference reads). Called
 * without `done`, it is to be awaited (the second, which no hook is: as `Done` above): the promise rejects for those who are refused, once they have been
 * answered.
 */
export interface Guard {
  (request: AnyRequest, reply: AnyReply, done: Done): void
  (request: AnyRequest, reply: AnyReply, done?: undefined): Promise<void>
  (request: GuardedRequest, reply: FastifyReply, done: Done): void
}

/** A hook that promises nobody: what `requireAnonymous` is. Called without `done`, it is to be awaited. */
export interface AnonymousGuard {
  /** Resolves for visitors who are not logged in, and rejects for users, who have been answered. */
  (request: AnyRequest, reply: AnyReply, done?: undefined): Promise<void>
  /** As a hook: calls `done` for visitors who are not logged in. */
  (request: AnyRequest, reply: AnyReply, done: HookHandlerDoneFunction): void
}

/** Guards every route of a scope, and hands the scope back with `currentUser` narrowed to the realm's user. */
export interface GuardScope {
  <
    Server extends RawServerBase,
    Request extends RawRequestDefaultExpression<Server>,
    Reply extends RawReplyDefaultExpression<Server>,
    Logger extends FastifyBaseLogger,
    Provider extends FastifyTypeProvider,
    Realm extends RealmName | null = null
  > (
    scope: FastifyInstance<Server, Request, Reply, Logger, Provider>, realm?: Realm
  ): FastifyInstance<Server, Request, Reply, Logger, Provider & GuardedScope<Realm>>
}
