import { describeLevel1 } from './level1-suite.ts'
import { CREDIT, SAMPLE } from './projects.ts'
import { LEVEL1_STACKS } from './stacks.ts'

// Without the matrix, each framework has one of the data sets; those with uv have both.
for (const stack of LEVEL1_STACKS)
  if (stack.environment === 'pip')
    describeLevel1(
      stack,
      process.env.MATRIX ? undefined : [stack.framework === 'scikit-learn' ? SAMPLE : CREDIT],
    )
