/** Opens the example with its provider beside it, on ports that are free. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

export interface Example {
  readonly baseUrl: string
  readonly issuer: string
  close (): Promise<void>
}

export async function openExample (): Promise<Example> {
  // Loaded by address: the example names its user for a whole TypeScript program, which the tests are not part of.
  const [{ build }, { createProvider }, { Accounts }, { usersOf }] = await Promise.all([
    load('app.ts'), load('provider/provider.ts'), load('provider/accounts.ts'), load('users.ts')
  ])
  const [sitePort, providerPort] = [await freePort(), await freePort()]
  const [baseUrl, issuer] = [`http://localhost:${sitePort}`, `http://127.0.0.1:${providerPort}`]
  const client = { client_id: 'tutorial', client_secret: 'a secret of the tests, thirty-two bytes or more' }
  const accounts = new Accounts()
  accounts.add('Ada')
  const provider: Server = createProvider({ issuer, baseUrl, clientId: client.client_id, clientSecret: client.client_secret, apiToken: 'token', accounts })
  await once(provider.listen(providerPort, '127.0.0.1'), 'listening')
  const app: FastifyInstance = await build({
    key: 'a key for tests, which is not a secret',
    baseUrl,
    issuer,
    clientSecrets: { web: { ...client, issuer, redirect_uris: [`${baseUrl}/oidc/callback`] } },
    findUser: usersOf(issuer, 'token')
  })
  await app.listen({ host: '127.0.0.1', port: sitePort })
  return {
    baseUrl,
    issuer,
    async close () {
      await app.close()
      provider.close()
      provider.closeAllConnections()
    }
  }
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function load (file: string) {
  return import(new URL(`../../../examples/oidc/${file}`, import.meta.url).href)
}
