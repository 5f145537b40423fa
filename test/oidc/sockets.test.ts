/** The same over real sockets: a provider and a site on this machine, by plain http, and the global fetch. */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import Fastify from 'fastify'
import { createProvider } from './support/provider.ts'
import { createSite, clientSecret } from './support/site.ts'
import { World } from './support/world.ts'

test('a visitor logs in and out over real connections', async (t) => {
  const [opPort, sitePort] = [await freePort(), await freePort()]
  // Two names of this machine: cookies know hosts, and no ports.
  const [issuer, origin] = [`http://127.0.0.1:${opPort}`, `http://localhost:${sitePort}`]
  const op = createProvider({
    issuer,
    client: { redirect_uris: [`${origin}/oidc/callback`], post_logout_redirect_uris: [`${origin}/`] },
    configuration: { features: { devInteractions: { enabled: false } } }
  })
  const site = await createSite(new World(), { origin, oidc: { issuer, clientId: 'site', clientSecret, fetch: undefined as never } })
  await op.server.listen({ host: '127.0.0.1', port: opPort })
  await site.app.listen({ host: '127.0.0.1', port: sitePort })
  t.after(async () => { await site.app.close(); await op.server.close() })

  const jar = new Map<string, Map<string, string>>()
  const page = await follow(`${origin}/login?next=/dashboard`)
  assert.equal(page.url, `${origin}/dashboard`)
  assert.equal(page.body, 'dashboard of ada')
  assert.ok(jar.get('localhost')?.has('oidc_login'))
  const out = await ask(`${origin}/logout`, 'POST')
  assert.equal(out.status, 303)
  assert.ok(out.headers.get('location')?.startsWith(`${issuer}/session/end?`))
  assert.deepEqual(await (await ask(`${origin}/whoami`)).json(), { user: null, fresh: false, login: null, lapse: null })

  async function follow (address: string): Promise<{ url: string, body: string }> {
    let url = address
    for (let hops = 0; hops < 20; hops++) {
      const answer = await ask(url)
      const location = answer.headers.get('location')
      if (location === null) return { url, body: await answer.text() }
      url = new URL(location, url).href
    }
    throw new Error(`Round and round: ${url}`)
  }

  async function ask (url: string, method = 'GET'): Promise<Response> {
    const { hostname } = new URL(url)
    const cookies = jar.get(hostname) ?? new Map<string, string>()
    jar.set(hostname, cookies)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { method, redirect: 'manual', headers: { accept: 'text/html', cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }
})

async function freePort (): Promise<number> {
  const app = Fastify()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  await app.close()
  return port
}
