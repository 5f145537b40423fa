/** Express with express-session and Passport; the sessions are in Redis where it is there, else in memory. */

import express from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy } from 'passport-local'
import { checkPassword, describe, findUser, freshFor, freshPath, key, loginPath, logoutPath, pagePath, publicPath, welcome } from '../page.ts'

export async function build () {
  passport.serializeUser((user, done) => done(null, user.id))
  passport.deserializeUser((id, done) => done(null, findUser(id) ?? false))
  passport.use(new Strategy((username, password, done) => done(null, checkPassword({ username, password }) ?? false)))

  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(session({ secret: key.toString('hex'), resave: false, saveUninitialized: false, store: await storeOf(process.env.BENCH_REDIS) }))
  app.use(passport.session())
  app.get(publicPath, (request, response) => { response.json(welcome) })
  app.get(pagePath, requireUser, (request, response) => { response.json(describe(request.user)) })
  app.get(freshPath, requireUser, requireFresh, (request, response) => { response.json(describe(request.user)) })
  app.post(loginPath, express.json(), passport.authenticate('local'), (request, response) => {
    request.session.provenAt = Date.now()
    response.json({ ok: true })
  })
  app.post(logoutPath, (request, response, next) => {
    request.logout((error) => {
      if (error) next(error)
      else response.json({ ok: true })
    })
  })
  return { listen: (address) => listen(app, address) }
}

async function storeOf (url) {
  if (url === undefined) return undefined
  const { redisSessions } = await import('./redis-sessions.js')
  return await redisSessions()
}

function requireUser (request, response, next) {
  if (request.isAuthenticated() && request.user.isActive) next()
  else response.sendStatus(401)
}

function requireFresh (request, response, next) {
  if (Date.now() < request.session.provenAt + freshFor * 1000) next()
  else response.sendStatus(403)
}

function listen (app, { host, port }) {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error) => error ? reject(error) : resolve(`http://${host}:${server.address().port}`))
    // As Fastify has it: the five seconds of Node.js are over while others are measured.
    server.keepAliveTimeout = 72_000
  })
}
