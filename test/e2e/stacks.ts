/** Every option, at its level: each is created and run by the end-to-end tests. */
export const LEVEL1_STACKS = [
  { environment: 'uv', framework: 'scikit-learn' },
  { environment: 'uv', framework: 'lightgbm' },
  { environment: 'pip', framework: 'scikit-learn' },
  { environment: 'pip', framework: 'lightgbm' },
] as const
