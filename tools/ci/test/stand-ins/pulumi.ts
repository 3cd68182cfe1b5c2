import { begin } from './call.ts'

begin('pulumi', process.argv.slice(2))
console.log('Resources:\n    0 changes')
