/**
 * The application's own session, as far as a login touches it: stated structurally, because the two session plugins
 * declare `request.session` with types that exclude each other (TS2717).
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { digest } from './digest.ts'
import { SessionUnusableError } from './errors.ts'

interface Session {
  get (key: string): unknown
  set (key: string, value: unknown): unknown
  regenerate (keep: string[]): unknown
  data? (): Record<string, unknown>
}

/** Where `@fastify/flash` keeps its messages. */
const flashKey = 'flash'

/** Whose a session is to be. */
export interface SessionOwner { readonly realmId: string, readonly userId: string }

const ownerPrefix = 'fastify-login.user'

// Tells whose data a session holds, so that the next user of the browser does not get it.
function ownerKey (realmId: string): string {
  return realmId === '' ? ownerPrefix : `${ownerPrefix}.${realmId}`
}

function isOthers (key: string, realmId: string): boolean {
  return key.startsWith(ownerPrefix) && key !== ownerKey(realmId)
}

/** The session of a request, or null where the application has none. */
export function sessionOf (request: FastifyRequest): Session | null {
  const session = (request as unknown as { session?: Partial<Session> | null }).session
  if (session === undefined || session === null) return null
  if (typeof session.get !== 'function' || typeof session.set !== 'function' || typeof session.regenerate !== 'function') {
    throw new SessionUnusableError()
  }
  return session as Session
}

/**
 * Gives the session a new id at login, against session fixation. What an anonymous visitor put in stays, but for the
 * keys to drop; what belongs to another user goes.
 */
export async function renewSession (
  request: FastifyRequest, owner: SessionOwner, cameWithAnotherUser: boolean, drop: readonly string[]
): Promise<void> {
  const session = sessionOf(request)
  if (session === null) return
  const previous = session.get(ownerKey(owner.realmId))
  // A digest: a session may be kept where ids of users should not be.
  const user = digest(owner.userId)
  const keepsData = !cameWithAnotherUser && (previous === undefined || previous === user)
  await session.regenerate(keysOf(session).filter((key) => keepsData ? !drop.includes(key) : isOthers(key, owner.realmId)))
  // @fastify/session puts another object in its place.
  sessionOf(request)?.set(ownerKey(owner.realmId), user)
}

/** Empties the session at logout; messages for the next page stay, and what tells the users of other realms apart. */
export async function emptySession (request: FastifyRequest, realmId: string): Promise<void> {
  const session = sessionOf(request)
  if (session === null) return
  const keys = keysOf(session)
  if (keys.length > 0) await session.regenerate(keys.filter((key) => key === flashKey || isOthers(key, realmId)))
}

// `data` is @fastify/secure-session's; @fastify/session keeps data in own properties, beside `cookie`.
function keysOf (session: Session): string[] {
  return Object.keys(session.data?.() ?? session).filter((key) => key !== 'cookie')
}
