/** The requests that contenders are asked, as bytes, and the cookies in their answers. */

import { browserHeaders } from './browser-headers.ts'
import type { Contender } from './contenders.ts'
import { loginPath, logoutPath, passwordOf, userOf } from './page.ts'

export interface Question {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body: string
}

export function pageQuestion (path: string, cookie: string): Question {
  return { method: 'GET', path, headers: cookieHeader(cookie), body: '' }
}

/** The login form of a visitor, who knows the password of one of the users. */
export function loginQuestion ({ forms }: Contender, visitor: number, remember: boolean): Question {
  const { username } = userOf(visitor)
  const password = passwordOf(username)
  if (forms === 'better-auth') return post('/api/auth/sign-in/email', '', { email: `${username}@example.com`, password })
  return post(loginPath, '', { username, password, ...remember && { remember } })
}

export function logoutQuestion ({ forms }: Contender, cookie: string): Question {
  return forms === 'better-auth' ? post('/api/auth/sign-out', cookie, {}) : post(logoutPath, cookie, null)
}

function post (path: string, cookie: string, form: object | null): Question {
  const type = form === null ? {} : { 'content-type': 'application/json' }
  return { method: 'POST', path, headers: { ...cookieHeader(cookie), ...type, origin: 'http://127.0.0.1' }, body: form === null ? '' : JSON.stringify(form) }
}

function cookieHeader (cookie: string): Record<string, string> {
  return cookie === '' ? {} : { cookie }
}

/** A question as it goes over the wire. */
export function bytesOf ({ method, path, headers, body }: Question, port: number): Buffer {
  const length = method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {}
  const all = { host: `127.0.0.1:${port}`, ...browserHeaders, ...headers, ...length }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, 'latin1')
}

/** The cookies that an answer leaves a browser with, those that are Secure too, although the way here is plain HTTP. */
export function cookiesAfter (setCookies: readonly string[], before = ''): string {
  const jar = new Map(before === '' ? [] : before.split('; ').map(nameAndValue))
  for (const line of setCookies) {
    const [name, value] = nameAndValue(line.split(';', 1)[0] as string)
    if (value === '' || /max-age=0|expires=thu, 01[ -]jan[ -]1970/i.test(line)) jar.delete(name)
    else jar.set(name, value)
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}

export function setCookiesOf (answer: Buffer): string[] {
  const text = answer.toString('latin1')
  const headers = text.slice(0, text.indexOf('\r\n\r\n'))
  return headers.split('\r\n').filter((line) => /^set-cookie: /i.test(line)).map((line) => line.slice('set-cookie: '.length))
}

/** Of a browser's cookies the one that brings its login back, as after the browser was closed. */
export function rememberCookieOf ({ rememberCookie }: Contender, cookies: string): string {
  const found = cookies.split('; ').find((cookie) => rememberCookie !== undefined && nameAndValue(cookie)[0].endsWith(rememberCookie))
  if (found === undefined) throw new Error(`There is no remember cookie among ${cookies}`)
  return found
}

function nameAndValue (cookie: string): [string, string] {
  const at = cookie.indexOf('=')
  return [cookie.slice(0, at), cookie.slice(at + 1)]
}
