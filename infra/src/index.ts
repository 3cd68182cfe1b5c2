export * from './catalogue.ts'
export * from './deploy-target-type.ts'
