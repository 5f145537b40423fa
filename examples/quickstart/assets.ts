/** Serves the stylesheet and the icon, under names that change with their content. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

export const assets = {
  style: asset('style.css', 'text/css; charset=utf-8'),
  icon: asset('icon.svg', 'image/svg+xml')
}

export async function serveAssets (app: FastifyInstance): Promise<void> {
  for (const { path, type, content } of Object.values(assets)) {
    // Nobody's login matters here: `ignored` spares the look at cookies, and the user from the database.
    app.get(path, { config: { login: 'ignored' } }, (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content))
  }
}

function asset (file: string, type: string) {
  const content = readFileSync(new URL(file, import.meta.url))
  const version = createHash('sha256').update(content).digest('hex').slice(0, 8)
  return { path: `/${version}/${file}`, type, content }
}
