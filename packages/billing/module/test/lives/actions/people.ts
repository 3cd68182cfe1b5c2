import type { Action } from './action.ts'

export const people: Action[] = [
  {
    name: 'people come or go',
    weight: 5,
    async run(life) {
      const members = 1 + life.random.below(6)
      life.tell(`${life.members} → ${members}`)
      if (members === life.members) return
      await life.setMembers(members)
    },
  },
]
