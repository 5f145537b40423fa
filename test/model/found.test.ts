/** Sequences that the model found, as exact tests: each has a file of its own. */
import './found/login-not-fresh-after-a-proof.test.ts'
import './found/successor-seen-by-a-proof.test.ts'
