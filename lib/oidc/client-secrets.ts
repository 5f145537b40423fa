/**
 * Reads `client_secrets.json`: the file, or what stands in it.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { errors } from '../index.ts'
import type { ClientSecrets } from './options.ts'

/** What the file says of the client. */
export interface Client {
  readonly clientId?: string
  readonly clientSecret?: string
  readonly issuer?: string
  readonly redirectUris?: readonly string[]
}

/** Reads the first entry, whatever its name: `web` by convention. Nothing of the content is in the errors: it is secret. */
export async function readClientSecrets (secrets: string | ClientSecrets): Promise<Client> {
  const content = typeof secrets === 'string' ? await parseFile(secrets) : secrets
  const [entry] = isObject(content) ? Object.values(content) : []
  if (!isObject(entry)) throw wrong('may be a file or an object like { "web": { "client_id": …, "client_secret": …, "issuer": … } }')
  const { redirect_uris: redirectUris } = entry
  if (redirectUris !== undefined && !(Array.isArray(redirectUris) && redirectUris.every((uri) => typeof uri === 'string'))) {
    throw wrong('has redirect_uris that are no array of strings')
  }
  return {
    ...text(entry, 'client_id', 'clientId'),
    ...text(entry, 'client_secret', 'clientSecret'),
    ...text(entry, 'issuer', 'issuer'),
    ...redirectUris === undefined ? {} : { redirectUris }
  }
}

async function parseFile (path: string): Promise<unknown> {
  const file = shownPath(path)
  let content
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw wrong(`names ${file}, which cannot be read (${code}): as a string it is the path of the file`)
  }
  try {
    return JSON.parse(content)
  } catch {
    throw wrong(`names ${file}, which is not JSON`)
  }
}

/** The path where it looks like one: what was given by mistake may be the secret itself, or the content of the file. */
function shownPath (path: string): string {
  return /^[\w./\\: -]{1,200}\.json$/.test(path) ? path : 'a file'
}

function text (entry: Record<string, unknown>, key: string, name: string): Record<string, string> {
  const value = entry[key]
  if (value === undefined) return {}
  if (typeof value !== 'string') throw wrong(`has a ${key} that is not a string`)
  return { [name]: value }
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong (what: string): Error {
  return new errors.InvalidOptionError(`The option clientSecrets of fastify-login/oidc ${what}`)
}
