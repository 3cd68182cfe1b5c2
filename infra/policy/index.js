import { PolicyPack } from '@pulumi/policy'
import { policies } from './policies.ts'
new PolicyPack('lightpress', { policies: [...policies], enforcementLevel: 'mandatory' })
