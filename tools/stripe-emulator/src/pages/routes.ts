import type { FastifyInstance } from 'fastify'
export function registerPages(_app: FastifyInstance, _o: unknown): void {}
