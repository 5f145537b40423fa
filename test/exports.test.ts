import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as face from 'fastify-login'
import * as redis from 'fastify-login/redis'
import * as sql from 'fastify-login/sql'
import * as testing from 'fastify-login/testing'

test('fastify-login exports these names, and the plugin by default', () => {
  assert.equal(face.default, face.fastifyLogin)
  assert.deepEqual(Object.keys(face).sort(), [
    'AnonymousUser',
    'FreshUser',
    'MemoryStore',
    'UserMixin',
    'asFresh',
    'default',
    'errors',
    'fastifyLogin',
    'identifyByAddressAndUserAgent',
    'identifyByNetworkAndUserAgent',
    'identifyByUserAgent',
    'membersOnly',
    'requireAnonymous',
    'requireFreshLogin',
    'requireFreshLoginWithin',
    'requireLogin'
  ])
})

test('fastify-login/testing exports these names', () => {
  assert.deepEqual(Object.keys(testing).sort(), ['loginAs', 'testLoginStore'])
})

test('the subpaths of the stores export these names', () => {
  assert.deepEqual(Object.keys(redis), ['RedisStore'])
  assert.deepEqual(Object.keys(sql).sort(), ['SqlStore', 'loginMigration'])
})
