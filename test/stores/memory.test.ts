import { MemoryStore } from 'fastify-login'
import { testLoginStore } from 'fastify-login/testing'

testLoginStore('MemoryStore', () => new MemoryStore())
