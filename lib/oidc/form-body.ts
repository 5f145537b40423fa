/**
 * Reads forms: those of logout buttons, and the ones that providers send. In its own scope, whatever the application parses.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'

const form = 'application/x-www-form-urlencoded'

/** Enough for a logout token. */
const bodyLimit = 32 * 1024

export function readForms (scope: FastifyInstance): void {
  if (scope.hasContentTypeParser(form)) scope.removeContentTypeParser(form)
  scope.addContentTypeParser(form, { parseAs: 'string', bodyLimit }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)))
  })
}
