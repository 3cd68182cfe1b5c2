import { requires, type StackOptions } from '@lightpress/dev'

/** Every way to run the product that a test must not be able to tell apart. */
export const topologies: { name: string; options: StackOptions; runs: boolean }[] = [
  { name: 'all in one process, queues on PostgreSQL', options: { topology: 'single', queue: 'postgres' }, runs: true },
  {
    name: 'a process for each module, queues on PostgreSQL',
    options: { topology: 'split', queue: 'postgres' },
    runs: true,
  },
  {
    name: 'a process for each module, queues on Redis',
    options: { topology: 'split', queue: 'redis' },
    runs: requires('redis-server'),
  },
]
