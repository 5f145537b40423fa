/**
 * Stores and applications that each break one promise, in one way: what the model must notice.
 *
 * @module
 */
import { MemoryStore, type LoginRecord, type LoginStore } from 'fastify-login'
import type { FastifyInstance } from 'fastify'
import type { SessionPlugin } from '../support/sessions.ts'
import type { OpenedWay } from './ways.ts'

type Spoil = (sound: LoginStore) => Partial<LoginStore>

/** A way whose every store is sound but for what is spoilt. */
export function spoilt (spoil: Spoil): OpenedWay {
  const createStore = (): LoginStore => {
    const sound = new MemoryStore()
    return {
      create: (login) => sound.create(login),
      find: (id) => sound.find(id),
      update: (login, expected) => sound.update(login, expected),
      remove: (id) => sound.remove(id),
      removeAll: (owner, except) => sound.removeAll(owner, except),
      list: (owner) => sound.list(owner),
      ...spoil(sound)
    }
  }
  return { createStore, close: async () => {} }
}

/** What is found is another record than the one that was kept. */
function finding (change: (record: LoginRecord) => LoginRecord): Spoil {
  return (sound) => ({
    async find (id) {
      const record = await sound.find(id)
      return record && change(record)
    }
  })
}

export const removesNothing: Spoil = () => ({ remove: async () => true })
export const endsNoOthers: Spoil = () => ({ removeAll: async () => 0 })

export const ignoresVersions: Spoil = (sound) => ({
  async update (login) {
    const present = await sound.find(login.id)
    return present !== null && await sound.update(login, present.version)
  }
})

/** It says that it kept a change, and did not. */
export const keepsNoChange: Spoil = () => ({ update: async () => true })

/** It loses what it was asked for several times. */
export const losesRecords: Spoil = (sound) => {
  let asked = 0
  return { find: async (id) => ++asked > 3 ? null : await sound.find(id) }
}

/** It says that it has ended a login which another request was first to end. */
export const endsTwice: Spoil = (sound) => ({
  update: async (login, expected) => await sound.update(login, expected) || login.expiresAt === 0
})

/** It keeps no new login before the time has come at which all were ended. */
export const keepsOut: Spoil = (sound) => {
  let endedAt = 0
  return {
    async removeAll (owner, except) {
      endedAt = Math.max(endedAt, Date.now())
      return await sound.removeAll(owner, except)
    },
    create: async (login) => Date.now() > endedAt && await sound.create(login)
  }
}

/** It ends only what began before now, by a clock that may have been set back. */
export const endsByTheClock: Spoil = (sound) => ({
  async removeAll (owner, except) {
    const later = owner === null ? [] : (await sound.list(owner)).filter(({ begunAt }) => begunAt > Date.now() / 1000)
    const ended = await sound.removeAll(owner, except)
    for (const login of later) if (login.id !== except) await sound.create(login)
    return ended
  }
})

/** It keeps no more than eight older tokens, and takes any other for a thief's. */
export const forgetsTokens: Spoil = (sound) => ({
  async update (login, expected) {
    const kept = login.remember && { ...login.remember, crowdedUntil: 0, previous: login.remember.previous.slice(-8) }
    return await sound.update({ ...login, remember: kept }, expected)
  }
})

export const findsAllFresh = finding((record) => ({ ...record, fresh: true }))
export const findsAllStale = finding((record) => ({ ...record, stale: true }))

/** What was replaced is accepted for ever. */
export const findsNothingOld = finding((record) => ({
  ...record,
  previousSecrets: record.previousSecrets.map((previous) => ({ ...previous, until: Infinity })),
  remember: record.remember && { ...record.remember, previous: record.remember.previous.map((one) => ({ ...one, replacedAt: Date.now() / 1000 })) }
}))

/** Beside this session plugin something else happens to the application. */
export function tampered (session: SessionPlugin, tamper: (app: FastifyInstance) => void): SessionPlugin {
  return {
    name: session.name,
    async register (app) {
      tamper(app)
      await session.register(app)
    }
  }
}

/** Ending a login says that it did, and did not. */
export function endsNothing (app: FastifyInstance): void {
  app.addHook('onReady', async () => { app.login.endLogin = async () => true })
}

/** All logins of a user end only where the clock was not set back since the latest request. */
export function endsNothingSetBack (app: FastifyInstance): void {
  let latest = 0
  app.addHook('onRequest', async () => { latest = Math.max(latest, Date.now()) })
  app.addHook('onReady', async () => {
    const endLogins = app.login.endLogins.bind(app.login)
    app.login.endLogins = async (userId, options) => { if (Date.now() >= latest) await endLogins(userId, options) }
  })
}

/** Something on the way drops cookies, now and then. */
export function dropsCookies (app: FastifyInstance): void {
  let requests = 0
  app.addHook('onRequest', async ({ raw }) => { if (++requests % 3 === 0) delete raw.headers.cookie })
}

/** Something on the way gives one browser the cookies of another. */
export function mixesCookies (app: FastifyInstance): void {
  let latest: string | undefined
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.headers.cookie === undefined && latest !== undefined) raw.headers.cookie = latest
    latest = raw.headers.cookie
  })
}
