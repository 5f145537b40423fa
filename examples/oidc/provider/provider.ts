/** The provider beside the site: the real `oidc-provider`, with pages to log in and register, and a Users API. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:http'
import Provider, { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { html, page, type Html } from '../html.ts'
import type { Accounts } from './accounts.ts'

type Context = Parameters<Parameters<Provider['use']>[0]>[0]

interface Options {
  issuer: string
  /** The site. */
  baseUrl: string
  clientId: string
  clientSecret: string
  /** What the site proves itself with at the Users API. */
  apiToken: string
  accounts: Accounts
}

/** Makes the server; it has to listen where the issuer says. */
export function createProvider ({ issuer, baseUrl, clientId, clientSecret, apiToken, accounts }: Options): Server {
  const policy = interactionPolicy.base()
  policy.add(new interactionPolicy.Prompt({ name: 'create', requestable: true }), 0)
  const provider = new Provider(issuer, {
    clients: [{
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [`${baseUrl}/oidc/callback`],
      post_logout_redirect_uris: [`${baseUrl}/`]
    }],
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    discovery: { prompt_values_supported: ['none', 'login', 'consent', 'create'] },
    interactions: { policy, url: (_context, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: (context, form) => { context.body = logoutPage(form) } }
    },
    ttl: { Interaction: 3600, Grant: 86400, Session: 86400, AccessToken: 3600, IdToken: 3600, AuthorizationCode: 60 },
    async findAccount (_context, id) {
      const account = accounts.find(id)
      return account && { accountId: id, claims: () => ({ sub: id, name: account.profile.firstName, email: account.profile.email }) }
    },
    loadExistingGrant: agreeing
  })
  provider.use(async (context, next) => {
    const { path } = context
    if (path.startsWith('/api/v1/users/')) usersApi(context)
    else if (path.startsWith('/interaction/')) await interaction(context)
    else await next()
  })
  return createServer(provider.callback())

  function usersApi (context: Context): void {
    const account = accounts.find(decodeURIComponent(context.path.slice('/api/v1/users/'.length)))
    if (context.get('authorization') !== `SSWS ${apiToken}`) context.status = 401
    else if (account !== undefined) context.body = account
  }

  async function interaction (context: Context): Promise<void> {
    const { prompt } = await provider.interactionDetails(context.req, context.res)
    const registers = prompt.name === 'create'
    const name = context.method === 'POST' ? (await formOf(context.req)).get('name')?.trim() ?? '' : ''
    const account = registers && name !== '' ? accounts.findByName(name) ?? accounts.add(name) : accounts.findByName(name)
    if (account === undefined) {
      context.body = askName(registers, name)
      return
    }
    await provider.interactionFinished(context.req, context.res, {
      login: { accountId: account.id }, ...registers ? { create: {} } : {}
    }, { mergeWithLastSubmission: false })
    context.respond = false
  }
}

/** Nobody is asked whether the site may know who they are: it is the provider's own. */
async function agreeing ({ oidc: { client, session, provider: { Grant } } }: KoaContextWithOIDC) {
  const [clientId, accountId] = [client?.clientId ?? '', session?.accountId ?? '']
  const known = session?.grantIdFor(clientId)
  const grant = known === undefined ? undefined : await Grant.find(known)
  if (grant !== undefined) return grant
  const made = new Grant({ clientId, accountId })
  made.addOIDCScope('openid email profile')
  await made.save()
  return made
}

async function formOf (request: IncomingMessage): Promise<URLSearchParams> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return new URLSearchParams(body)
}

function askName (registers: boolean, name: string): string {
  const [title, button] = registers ? ['Create an account', 'Create account'] : ['Log in at the provider', 'Continue']
  const problem: Html | false = name !== '' && html`<p role="alert" id="problem">There is no account of that name.</p>`
  return page(title, html`${problem}
    <form method="post">
      <label>Your name <input name="name" value="${name}" autocomplete="username" required autofocus
        ${problem && html`aria-invalid="true" aria-describedby="problem"`}></label>
      <button>${button}</button>
    </form>`)
}

function logoutPage (form: string): string {
  // The form is the provider's own markup, and has no button.
  return page('Log out at the provider?', html`<p>You are logged out of the site already.</p>`)
    .replace('</main>', `${form}<button form="op.logoutForm" name="logout" value="yes">Yes, log me out</button></main>`)
}
