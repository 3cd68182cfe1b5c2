export { nightly } from './nightly.ts'
export { createTokenIssuer, type TokenIssuer } from './tokens.ts'
export { startModule, testEnvironment, until, type RunningModule } from './module.ts'
