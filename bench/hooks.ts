/** Takes a plugin's hooks out of Fastify, so that they can be timed without the rest of a request. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export type Hook = (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, ...more: unknown[]) => unknown

export interface CapturedHooks { onRequest: Hook[], preHandler: Hook[], onSend: Hook[] }

/** Notes which hooks a registration adds to this instance; those of its private scopes run on no route of the application. */
export async function captureHooks (app: FastifyInstance, register: () => Promise<unknown>): Promise<CapturedHooks> {
  const captured: CapturedHooks = { onRequest: [], preHandler: [], onSend: [] }
  const addHook = app.addHook as unknown as (this: FastifyInstance, name: string, hook: Hook) => FastifyInstance
  function noteHook (this: FastifyInstance, name: string, hook: Hook): FastifyInstance {
    if (this === app && Object.hasOwn(captured, name)) captured[name as keyof CapturedHooks].push(hook)
    return addHook.call(this, name, hook)
  }
  app.addHook = noteHook as unknown as FastifyInstance['addHook']
  await register()
  app.addHook = addHook as unknown as FastifyInstance['addHook']
  return captured
}

/** Runs hooks one after the other and throws where one does not call back before it returns. */
export function runInTurn (app: FastifyInstance, hooks: readonly Hook[], ...payload: unknown[]): (exchange: Exchange) => void {
  let called = 0
  const done = (error?: Error): void => {
    if (error) throw error
    called++
  }
  return ({ request, reply }) => {
    called = 0
    for (const hook of hooks) hook.call(app, request, reply, ...payload, done)
    if (called !== hooks.length) throw new Error('A hook did not call back at once')
  }
}

export interface Exchange { request: FastifyRequest, reply: FastifyReply }
