/** Logs out; only a POST does, so that no link or image on another page can. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export async function logoutAction (app: FastifyInstance): Promise<void> {
  app.post('/logout', { errorHandler: letGo }, async (request, reply) => {
    await request.logoutUser()
    request.flash('success', 'You are logged out.')
    return reply.redirect('/')
  })
}

/** Who logged out in another tab wants no error here: they are where they wanted to be. */
function letGo (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  if (request.currentUser !== null) throw error
  reply.redirect('/')
}
