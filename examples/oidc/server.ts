/** Starts the provider and the site: `npm run start:oidc`, with PORT from the environment where it is set. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { build } from './app.ts'
import { Accounts } from './provider/accounts.ts'
import { createProvider } from './provider/provider.ts'
import { usersOf } from './users.ts'

const port = Number(process.env.PORT || 3000)
// Two names of this machine: cookies know hosts, and no ports.
const [baseUrl, issuer] = [`http://localhost:${port}`, `http://127.0.0.1:${port + 1}`]

try {
  const { web } = JSON.parse(await readFile(new URL('client_secrets.json', import.meta.url), 'utf8'))
  const clientSecrets = { web: { ...web, issuer, redirect_uris: [`${baseUrl}/oidc/callback`] } }
  const apiToken = randomBytes(32).toString('base64url')
  const accounts = new Accounts()
  accounts.add('Ada')

  const provider = createProvider({ issuer, baseUrl, clientId: web.client_id, clientSecret: web.client_secret, apiToken, accounts })
  await once(provider.listen(port + 1, '127.0.0.1'), 'listening')
  const key = process.env.SECRET_KEY || randomBytes(32).toString('base64url')
  const app = await build({ key, baseUrl, issuer, clientSecrets, findUser: usersOf(issuer, apiToken) })
  await app.listen({ host: '127.0.0.1', port })
  console.log(`The site is at ${baseUrl}, its provider at ${issuer}, where Ada has an account (Ctrl+C stops both)`)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      provider.close()
      provider.closeAllConnections()
      app.close()
    })
  }
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  console.error(code === 'EADDRINUSE' ? `Port ${port} or ${port + 1} is taken. Choose others: PORT=${port + 10} npm run start:oidc` : message)
  process.exit(1)
}
