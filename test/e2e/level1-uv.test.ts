import { describeLevel1, describePlainFile } from './level1-suite.ts'
import { LEVEL1_STACKS } from './stacks.ts'

for (const stack of LEVEL1_STACKS) if (stack.environment === 'uv') describeLevel1(stack)
describePlainFile(LEVEL1_STACKS[0])
