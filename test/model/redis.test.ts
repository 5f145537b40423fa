import { describeModel } from './suite.ts'
import { inRedis } from './ways.ts'

describeModel(inRedis, 80)
