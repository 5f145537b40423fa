/**
 * Tells how a guard was called, and explains what is wrong with a call that is a mistake.
 *
 * @module
 */
import type { FastifyRequest } from 'fastify'
import { InvalidArgumentError } from './errors.ts'

export function misuse (sentence: string): Error {
  return new InvalidArgumentError(`fastify-login: ${sentence}`)
}

/** Refuses a call that is neither Fastify's nor one to be awaited, such as `preHandler: requireLogin()`. */
export function checkGuardCall (name: string, request: unknown, reply: unknown, done: unknown, doneAfterPayload: unknown): void {
  const isHook = isObject(request) && 'raw' in request && 'server' in request && isObject(reply) && typeof reply['send'] === 'function'
  const endsWell = doneAfterPayload === undefined ? done === undefined || done === null : typeof doneAfterPayload === 'function'
  if (isHook && endsWell) return
  const seconds = name === 'requireFreshLogin' ? '. For a proof of identity in the last 60 seconds, use requireFreshLoginWithin(60)' : ''
  throw misuse(`${name} is a hook, which Fastify calls with a request and a reply. Write it without parentheses, as in preHandler: ${name}${seconds}`)
}

/**
 * Whether the payload that a hook was given is that of the request, as in `preParsing`, and not the answer's. Fastify
 * keeps it on the request, under a symbol of its own.
 */
export function isRequestPayload (request: FastifyRequest, payload: unknown): boolean {
  if (!isObject(payload)) return false
  return Object.getOwnPropertySymbols(request).some((key) => (request as unknown as Record<symbol, unknown>)[key] === payload)
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
