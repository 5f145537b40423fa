/**
 * Attempts to log in at a provider that tells whoever brings a code the truth about it: only the site is there to refuse.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { createFakeStory, type FakeStory } from '../oidc/support/fake-provider.ts'
import { siteOrigin } from '../oidc/support/provider.ts'

/** An attempt of one browser: the cookie that it holds, and what the provider sends it back with. */
export interface Begun { readonly name: string, readonly value: string, readonly state: string, readonly code: string }

export interface Attempts {
  readonly story: FakeStory
  begin (): Promise<Begun>
  /** Sends a browser with these cookies to an address of the site. */
  send (url: string, cookie: string): Promise<LightMyRequestResponse>
  close (): Promise<void>
}

export async function openAttempts (): Promise<Attempts> {
  let close = async () => {}
  const context = { after: (run: () => Promise<void>) => { close = run } } as unknown as TestContext
  const nonces = new Map<string, string>()
  const story: FakeStory = await createFakeStory(context, {}, {
    metadata: { authorization_response_iss_parameter_supported: true },
    answers: {
      // PKCE is not looked at, and a code is good for ever, so that the site has nobody to refuse in its place.
      async '/token' ({ body }) {
        const nonce = nonces.get(new URLSearchParams(body).get('code') ?? '')
        if (nonce === undefined) return Response.json({ error: 'invalid_grant' }, { status: 400 })
        story.fake.nonce = nonce
        return Response.json(await story.fake.tokens())
      }
    }
  })
  const send = async (url: string, cookie: string) =>
    await story.app.inject({ url, headers: { host: new URL(siteOrigin).host, 'x-forwarded-proto': 'https', accept: 'text/html', cookie } })
  return {
    story,
    async begin () {
      const { headers, cookies: [cookie] } = await send('/login', '')
      const asked = new URL(String(headers.location)).searchParams
      const code = randomUUID()
      nonces.set(code, asked.get('nonce') as string)
      // What other tests read back is not to be kept of so many.
      for (const kept of [story.logged, story.world.asked]) kept.length = 0
      return { ...cookie as { name: string, value: string }, state: asked.get('state') as string, code }
    },
    send,
    close: async () => await close()
  }
}
