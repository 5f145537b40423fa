import { describeModel } from './suite.ts'
import { inSql } from './ways.ts'

describeModel(inSql, 45)
