/**
 * Where an application adds its listeners.
 *
 * @module
 */
import { InvalidArgumentError } from './errors.ts'
import { loginEventNames, type Listeners, type LoginEvents, type LoginListener } from './events.ts'
import { givenName } from './given.ts'

/** The events of a realm, as `app.login` offers them. */
export class EventSource {
  readonly #listeners: Listeners

  constructor (listeners: Listeners) {
    this.#listeners = listeners
  }

  /** Calls a listener each time an event has happened. It can change nothing, and its failures are logged. */
  on<Name extends keyof LoginEvents> (name: Name, listener: LoginListener<Name>): this {
    checkListener(name, listener)
    this.#listeners.add(name, listener)
    return this
  }

  /** Calls a listener the next time an event has happened. */
  once<Name extends keyof LoginEvents> (name: Name, listener: LoginListener<Name>): this {
    checkListener(name, listener)
    this.#listeners.add(name, listener, true)
    return this
  }

  /** Calls a listener no more. */
  off<Name extends keyof LoginEvents> (name: Name, listener: LoginListener<Name>): this {
    checkListener(name, listener)
    this.#listeners.remove(name, listener)
    return this
  }
}

function checkListener (name: string, listener: unknown): void {
  if (!(loginEventNames as readonly string[]).includes(name)) {
    const what = `fastify-login has no event ${givenName(name)}`
    throw new InvalidArgumentError(`${what}: its events are ${loginEventNames.join(', ')}`)
  }
  if (typeof listener !== 'function') throw new InvalidArgumentError(`The listener of ${name} must be a function`)
}
