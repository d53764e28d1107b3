import { describeLevel1 } from './level1-suite.ts'
import { LEVEL1_STACKS } from './stacks.ts'

for (const stack of LEVEL1_STACKS) if (stack.environment === 'pip') describeLevel1(stack)
