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
