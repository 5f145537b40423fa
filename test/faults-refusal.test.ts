import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Browser } from './support/browser.ts'
import { describeWays } from './support/ways.ts'

const nothing = undefined as unknown as Error

describeWays('a refusal handler that fails', (way) => {
  const failures: Record<string, () => unknown> = {
    throws: () => { throw new Error('broken handler') },
    rejects: async () => { throw new Error('broken handler') },
    'throws nothing': () => { throw nothing },
    'rejects with nothing': async () => await Promise.reject(nothing)
  }
  for (const [how, handler] of Object.entries(failures)) {
    it(`because it ${how} lets nobody in`, async () => {
      const { app } = await way.createApp({
        options: { unauthorizedHandler: handler, needsRefreshHandler: handler },
        after: (app) => {
          app.get('/by-config', { config: { login: 'required' } }, () => 'secret')
          app.get('/fresh-by-config', { config: { login: 'fresh' } }, () => 'secret')
        }
      })
      const browser = new Browser(app)
      const visitor = new Browser(app)
      await browser.post('/login/1', { fresh: false })
      for (const url of ['/members', '/by-config']) assert.equal((await visitor.get(url)).statusCode, 500, url)
      for (const url of ['/vault', '/fresh-by-config']) assert.equal((await browser.get(url)).statusCode, 500, url)
    })
  }
})
