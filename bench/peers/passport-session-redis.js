/** @fastify/passport on @fastify/session, whose sessions are in Redis. */

import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'
import { key } from '../page.ts'
import { addPassport } from './passport.js'
import { redisSessions } from './redis-sessions.js'

export async function build () {
  const app = Fastify()
  app.register(cookie)
  app.register(session, {
    secret: key.toString('hex'),
    saveUninitialized: false,
    rolling: false,
    cookie: { secure: false },
    store: await redisSessions()
  })
  return addPassport(app)
}
