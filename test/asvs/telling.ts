/**
 * Everything that is said of a login in its life: pages, headers, events, errors and lists of devices.
 *
 * @module
 */
import { inspect } from 'node:util'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { MemoryStore, type LoginRecord } from 'fastify-login'
import { createApp } from '../support/app.ts'
import { Browser, setCookies, type SetCookie } from '../support/browser.ts'

/** Fails when it is told to, and then says all that it knows. */
class TellingStore extends MemoryStore {
  fails = false

  override async find (id: string) {
    const found = await super.find(id)
    this.#fail(found)
    return found
  }

  override async create (login: LoginRecord) {
    this.#fail(login)
    return await super.create(login)
  }

  #fail (known: unknown): void {
    if (this.fails) throw new Error(JSON.stringify(known))
  }
}

interface Telling {
  /** All cookies that were set. */
  readonly given: SetCookie[]
  /** What else was told, and where. */
  readonly told: Array<readonly [where: string, text: string]>
  /** The codes of the errors, in order. */
  readonly errors: string[]
}

const whole = (value: unknown) => inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity })

/** A browser that is logged in, confirmed, restored, refused, faced with a failure, and logged out. */
export async function tellAll (stored: boolean): Promise<Telling> {
  const store = new TellingStore()
  const errors: Error[] = []
  const { app, events } = await createApp({
    options: stored ? { store } as never : {},
    before: (declared) => { declared.addHook('onError', async (_request, _reply, error) => { errors.push(error) }) },
    after: declareMore
  })
  const browser = new Browser(app)
  const json = { accept: 'application/json' }
  const answers: LightMyRequestResponse[] = []
  const ask = async (answer: Promise<LightMyRequestResponse>) => { answers.push(await answer) }
  await ask(browser.get('/members', json))
  await ask(browser.post('/login/1', { remember: true }))
  await ask(browser.post('/confirm'))
  browser.restart()
  await ask(browser.get('/whoami'))
  await ask(browser.get('/vault', json))
  await ask(browser.post('/long/256'))
  await ask(browser.get('/devices'))
  await ask(browser.post('/login/1', { remember: true }))
  store.fails = true
  await ask(browser.get('/whoami'))
  await ask(new Browser(app).post('/long/255'))
  store.fails = false
  await ask(browser.post('/logout'))
  return {
    given: answers.flatMap(setCookies).filter(({ value }) => value !== ''),
    told: [
      ...answers.map(({ body, headers: { 'set-cookie': _cookies, ...headers } }) => ['an answer', body + JSON.stringify(headers)] as const),
      ...events.map(({ name, payload: { request: _request, ...facts } }) => [`the event ${name}`, whole(facts)] as const),
      ...errors.map((error) => [`the error ${error.message}`, whole(error)] as const)
    ],
    errors: errors.map((error) => (error as Error & { code: string }).code)
  }
}

function declareMore (app: FastifyInstance): void {
  app.get('/devices', (request) => app.login.logins('1', request))
  app.post<{ Params: { length: string } }>('/long/:length', (request) => {
    return request.loginUser({ id: '\u0001'.repeat(Number(request.params.length)), name: 'Long' }, { remember: true })
  })
}
