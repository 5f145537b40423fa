import { describeModel } from './suite.ts'
import { inMemory } from './ways.ts'

describeModel(inMemory, 260)
