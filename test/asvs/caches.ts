/** ASVS 14.3.2: what caches may keep. */
import assert from 'node:assert/strict'
import { Browser } from '../support/browser.ts'
import { eachWay, type Requirement } from './requirement.ts'

export const caches: readonly Requirement[] = [
  {
    id: '14.3.2',
    level: 2,
    asks: 'Answers with sensitive data say `Cache-Control: no-store`',
    metBy: 'both',
    through: '[`cacheControl`](options.md#answers): guarded answers and refusals that set none; answers that set or clear a cookie, always. The application: pages without a guard',
    async prove () {
      await eachWay(async (createApp) => {
        const browser = new Browser((await createApp()).app)
        const answers = [await browser.get('/members'), await browser.post('/login/1'), await browser.get('/members'), await browser.get('/vault'), await browser.post('/logout')]
        assert.deepEqual(answers.map(({ statusCode }) => statusCode), [401, 200, 200, 200, 200])
        for (const { headers } of answers) assert.equal(headers['cache-control'], 'no-store')
      })
    }
  }
]
