import type { ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy'

/** A resource's inputs, as they were declared. */
export type Props = Record<string, any>

/** What must hold of every resource of a type. */
export interface ResourceRule {
  name: string
  description: string
  /** `aws:s3/bucket:Bucket` */
  types: readonly string[]
  /** What is wrong with it; nothing where all is well. */
  wrong: (props: Props, about: { type: string; name: string }) => string | undefined
}

/** What must hold of resources together. */
export interface StackRule {
  name: string
  description: string
  wrong: (resources: readonly StackResource[]) => { name: string; problem: string }[]
}

export interface StackResource {
  type: string
  name: string
  props: Props
}

export function resourcePolicy({ name, description, types, wrong }: ResourceRule): ResourceValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: 'mandatory',
    validateResource: ({ type, name: resource, props }, report) => {
      const problem = types.includes(type) ? wrong(props, { type, name: resource }) : undefined
      if (problem !== undefined) report(`${resource}: ${problem}`)
    },
  }
}

export function stackPolicy({ name, description, wrong }: StackRule): StackValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: 'mandatory',
    validateStack: ({ resources }, report) => {
      for (const { name: resource, problem } of wrong(resources)) report(`${resource}: ${problem}`)
    },
  }
}
