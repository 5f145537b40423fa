/** Every requirement of OWASP ASVS 5.0 that the plugin has a part in: all of V7, and the neighbours on cookies and caches. */
import { abuse } from './abuse.ts'
import { caches } from './caches.ts'
import { cookieValues } from './cookie-values.ts'
import { cookies } from './cookies.ts'
import { decisions } from './decisions.ts'
import { ending } from './ending.ts'
import { federation } from './federation.ts'
import type { Requirement } from './requirement.ts'
import { termination } from './termination.ts'
import { timeouts } from './timeouts.ts'
import { tokens } from './tokens.ts'

export const requirements: readonly Requirement[] = [...decisions, ...tokens, ...timeouts, ...termination, ...ending, ...abuse, ...federation, ...cookies, ...cookieValues, ...caches]
