/** Says on what the figures were taken: machine, Node and the versions of what is compared. */

import { existsSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { flaskVersions } from './gunicorn.ts'

const ours = ['fastify', '@fastify/cookie', '@fastify/secure-session', '@fastify/session', 'ioredis']
const peers = ['@fastify/passport', 'express', 'express-session', 'passport', 'better-auth', 'connect-redis', 'redis']

export function describeMachine (): string[] {
  const processors = cpus()
  const rows = [
    `${processors[0]?.model ?? 'unknown processor'}, ${processors.length} cores, ${process.platform} ${process.arch}`,
    `Node.js ${process.version}, V8 ${process.versions.v8}`,
    ours.map((name) => `${name} ${versionIn('../node_modules', name)}`).join(', '),
    peers.map((name) => `${name} ${versionIn('./node_modules', name)}`).join(', ')
  ]
  const flask = flaskVersions()
  return flask === null ? rows : [...rows, flask]
}

function versionIn (folder: string, name: string): string {
  const manifest = new URL(`${folder}/${name}/package.json`, import.meta.url)
  if (!existsSync(manifest)) return 'not installed'
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
