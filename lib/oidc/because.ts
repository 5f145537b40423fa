/**
 * Gives an error its cause, without what the cause carries: libraries keep tokens and claims beside their messages.
 *
 * @module
 */

/** The error with what it came from, for the log: nothing of it reaches a visitor. */
export function because<Failure extends Error> (error: Failure, cause: unknown): Failure {
  return Object.assign(error, { cause: withoutSecrets(cause) })
}

/**
 * The error with its message, code and stack alone, and so its causes. openid-client keeps the whole response, tokens
 * included, as the cause of an error, and an application may print an error whole.
 */
export function withoutSecrets (error: unknown, depth = 0): Error {
  if (!(error instanceof Error)) return new Error('A value was thrown that is not an error')
  // The message of a text that is not JSON repeats a part of the text.
  if (error instanceof SyntaxError) return new Error('A text could not be parsed')
  const { name, message, stack, code, cause, error: refusal } = error as Error & { code?: unknown, error?: unknown }
  // The code of a refusal says what to change, such as invalid_client (RFC 6749, 5.2). Other text may be a visitor's.
  const why = typeof refusal === 'string' && /^[a-z_]{1,40}$/.test(refusal) ? `: ${refusal}` : ''
  // Where no address of a host answers, the error of the network has a code alone.
  const what = message === '' ? String(code ?? name) : message
  const said = new Error(withoutCredentials(what) + why)
  Object.assign(said, { name, stack: withoutCredentials(stack ?? '') })
  if (typeof code === 'string') Object.assign(said, { code })
  if (cause instanceof Error && depth < 5) Object.assign(said, { cause: withoutSecrets(cause, depth + 1) })
  return said
}

/** What asks an address with a password in it repeats the address in its error. */
function withoutCredentials (text: string): string {
  return text.replace(/\/\/[^/\s@]*@/g, '//…@')
}
