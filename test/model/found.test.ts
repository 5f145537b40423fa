/** Sequences that the model found, as exact tests: each has a file of its own. */
import './found/successor-seen-by-a-proof.test.ts'
