import { z } from 'zod'

/** Users needs nothing beyond what the kernel reads. */
export const config = z.object({})
