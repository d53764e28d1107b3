export { parseContract } from './parse-contract.ts'
export { renderContract } from './render-contract.ts'
