/**
 * The contract of a store: where logins are records, and the records are the truth.
 *
 * @module
 */

/** What a record keeps for its remember cookie. */
export interface RememberRecord {
  /** SHA-256 of the validator that the browser should hold. */
  readonly validator: string
  /** SHA-256 of those before, the latest last: of the last minute, 32 at the most, and the latest in any case; none is accepted beyond its own end. */
  readonly previous: ReadonlyArray<{ readonly validator: string, readonly replacedAt: number, readonly expiresAt: number }>
  /** Until when a validator that is not among them may be one of the last minute that had no room. Absent where all had. */
  readonly crowdedUntil?: number
  /** Whether the validator has come back; before that, its answer may have been lost. */
  readonly seen: boolean
  /** When the cookie ends. */
  readonly expiresAt: number
  /** What it was given, in seconds. */
  readonly duration: number
  /** What `remember.getToken(user)` gave. */
  readonly token: string | null
}

/**
 * A login as a store keeps it: plain JSON, times in seconds since 1970. A store looks at `id`, `owner`, `version`,
 * `begunAt` and `keepUntil`; the rest it gives back as it was. No secret is in it but as SHA-256.
 */
export interface LoginRecord {
  /** 33 characters of base64url. */
  readonly id: string
  /** Names the user, the realm and the login cookie, and so tells registrations apart that share the store: 22 characters of base64url. */
  readonly owner: string
  /** Rises with each update. */
  readonly version: number
  /** The arrival of the request that began the login. */
  readonly begunAt: number
  /** From then on the record is of no use to anybody. */
  readonly keepUntil: number
  /** The realm's name; empty for the one without. */
  readonly realm: string
  /** What `getId(user)` gave, as a string. */
  readonly userId: string
  /** SHA-256 of the secret in the login cookie. */
  readonly secret: string
  /** SHA-256 of those before that are still accepted for a moment. */
  readonly previousSecrets: ReadonlyArray<{ readonly secret: string, readonly until: number }>
  /** When the user last proved who they are. */
  readonly provenAt: number
  /** When the secret was last replaced. */
  readonly renewedAt: number
  /** When it was last used, to the minute. */
  readonly seenAt: number
  /** When the login ends; its remember cookie may last longer. 0 while an answer on its way ends it: it goes within a minute. */
  readonly expiresAt: number
  /** Whether it goes back to a proof of identity in this browser. */
  readonly fresh: boolean
  /** Whether it was used in another browser since then. */
  readonly stale: boolean
  /** Whether a remember cookie brought it back. */
  readonly remembered: boolean
  /** Digest of what `identifyBrowser` gave. */
  readonly browser: string
  /** Keyed digest of what `authHash` gave. */
  readonly stamp: string | null
  /** The User-Agent header that it was last seen with. */
  readonly userAgent: string
  /** The IP address that it was last seen at; empty where there was none. */
  readonly ip: string
  /** Its remember cookie, if it has one. */
  readonly remember: RememberRecord | null
  /** What `loginUser(user, { data })` gave to keep with the login, or an extension put there: plain JSON, null where there is none. */
  readonly data: unknown
}

/**
 * Keeps login records. Each method happens whole or not at all, also against others at the same moment, and rejects
 * where the store cannot be asked: then nobody is let in and nobody logged out.
 */
export interface LoginStore {
  /**
   * Keeps a new record; false where the owner's logins, or everybody's, were all ended at or after `begunAt`, also where
   * that lies in the future because a clock was set back. Then the plugin asks again, with a `begunAt` after it.
   */
  create (login: LoginRecord): Promise<boolean>
  /** The record of an id; null where it is unknown, ended, or past `keepUntil`. */
  find (id: string): Promise<LoginRecord | null>
  /** Replaces a record that still has the expected version; false where somebody was first, or it is gone. */
  update (login: LoginRecord, expectedVersion: number): Promise<boolean>
  /** Ends a login; false where it had ended, so that of two at the same moment one knows that it was first. */
  remove (id: string): Promise<boolean>
  /**
   * Ends all logins of an owner but for one, or everybody's where the owner is null, and leaves the mark that
   * `create` looks at, in one step. Every login that is there ends, whatever its `begunAt` says: after a clock was set
   * back it may lie in the future. An exception holds against this call, not against one before it. Resolves to how many it ended; 0 where it does not count them.
   */
  removeAll (owner: string | null, exceptId?: string): Promise<number>
  /** The live records of an owner, in any order. */
  list (owner: string): Promise<LoginRecord[]>
  /**
   * Optional. Asked once when the application boots: what its operator should know about the server behind the store,
   * a sentence each. The boot logs them as warnings and does not wait for them.
   */
  warnings? (): Promise<readonly string[]>
}
