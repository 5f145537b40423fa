/**
 * Where a visitor wanted to go before logging in, read from the request and checked.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { safeNextUrl } from './next-url.ts'
import { sessionOf } from './session.ts'
import { isOwnPage } from './own-pages.ts'
import type { Settings } from './settings.ts'

/** The target that the query, the body or the session names, if it is on this site and no login page; else the fallback. */
export function nextUrl (settings: Settings, request: FastifyRequest, fallback: string): string {
  const { nextField, nextIn, origin } = settings
  const candidate = fieldOf(request.query, nextField) ?? fieldOf(request.body, nextField) ??
    (nextIn === 'session' ? sessionOf(request)?.get(nextField) : undefined)
  const next = safeNextUrl(candidate, origin ?? undefined)
  return next === null || isOwnPage(settings, next) ? fallback : next
}

function fieldOf (fields: unknown, name: string): unknown {
  return typeof fields === 'object' && fields !== null && Object.hasOwn(fields, name) ? (fields as Record<string, unknown>)[name] : undefined
}
