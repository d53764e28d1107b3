export { parseContract, type Roles } from './parse-contract.ts'
export { renderContract } from './render-contract.ts'
