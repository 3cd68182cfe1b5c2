export { bundle } from './bundle.ts'
export { readContracts, readDeployments, readModules } from './discover.ts'
export type { DeclaredContract } from './discover.ts'
