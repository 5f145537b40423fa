import { describeModel } from './suite.ts'
import { withoutStore } from './ways.ts'

describeModel(withoutStore, 260)
