/** Says on what the figures were taken: machine, Node and the versions of what is compared. */

import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

const packages = ['fastify', '@fastify/cookie', '@fastify/secure-session']

export function describeMachine (): string[] {
  const processors = cpus()
  return [
    `${processors[0]?.model ?? 'unknown processor'}, ${processors.length} cores, ${process.platform} ${process.arch}`,
    `Node.js ${process.version}, V8 ${process.versions.v8}`,
    packages.map((name) => `${name} ${installedVersion(name)}`).join(', ')
  ]
}

function installedVersion (name: string): string {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
