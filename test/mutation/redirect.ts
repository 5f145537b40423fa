/**
 * Has test files import what stands in for `node:test`, and the plugin that is mutated.
 *
 * @module
 */
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'

const standIn = new URL('node-test.ts', import.meta.url).href

// Stryker mutates a copy of the project, where the tests are run: the paths of tsconfig.json lead to the original.
const lib = pathToFileURL(`${process.cwd()}/lib/`).href

const hooks = `
  const inTests = /\\/(?:test\\/(?!mutation\\/)|lib\\/testing)/
  const own = /^fastify-login(?:\\/(\\w+))?$/
  export async function resolve (specifier, context, next) {
    const from = context.parentURL ?? ''
    if (!inTests.test(from) || from.includes('/node_modules/')) return next(specifier, context)
    if (specifier === 'node:test') return next('${standIn}', context)
    const address = own.exec(specifier)
    if (address === null) return next(specifier, context)
    return next('${lib}' + (address[1] === 'oidc' ? 'oidc/index' : address[1] ?? 'index') + '.ts', context)
  }
`

register(`data:text/javascript,${encodeURIComponent(hooks)}`)
