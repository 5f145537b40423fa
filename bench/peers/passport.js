/** @fastify/passport with a strategy for the login form, on whichever session is registered before. */

import { Authenticator } from '@fastify/passport'
import { Strategy } from 'passport-local'
import { checkPassword, describe, findUser, freshFor, freshPath, loginPath, logoutPath, pagePath, publicPath, welcome } from '../page.ts'

export function addPassport (app) {
  const passport = new Authenticator()
  passport.registerUserSerializer(async (user) => user.id)
  passport.registerUserDeserializer(async (id) => findUser(id) ?? null)
  passport.use(new Strategy((username, password, done) => done(null, checkPassword({ username, password }) ?? false)))
  app.register(passport.initialize())
  app.register(passport.secureSession())

  app.get(publicPath, () => welcome)
  app.get(pagePath, { preValidation: requireUser }, (request) => describe(request.user))
  app.get(freshPath, { preValidation: requireFreshUser }, (request) => describe(request.user))
  app.post(loginPath, { preValidation: passport.authenticate('local', { authInfo: false }) }, (request) => {
    request.session.set('provenAt', Date.now())
    return { ok: true }
  })
  app.post(logoutPath, async (request) => {
    await request.logOut()
    return { ok: true }
  })
  return app
}

async function requireUser (request, reply) {
  if (!request.isAuthenticated() || !request.user.isActive) return reply.code(401).send()
}

async function requireFreshUser (request, reply) {
  if (!request.isAuthenticated() || !request.user.isActive) return reply.code(401).send()
  if (Date.now() >= request.session.get('provenAt') + freshFor * 1000) return reply.code(403).send()
}
