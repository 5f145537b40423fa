/** Logs out; only a POST does, so that no link or image on another page can. */
import type { FastifyInstance } from 'fastify'

export async function logoutAction (app: FastifyInstance): Promise<void> {
  app.post('/logout', async (request, reply) => {
    await request.logoutUser()
    request.flash('success', 'You are logged out.')
    return reply.redirect('/')
  })
}
