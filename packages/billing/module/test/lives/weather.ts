import type { Gate } from '../support/gate.ts'
import { createRandom } from './random.ts'

/** Stripe's bad days, by seed: the same requests of a life fail each time. */
export interface Weather {
  /** From now on so many of a hundred requests get no good answer. */
  turn(seed: number, percent: number): void
  calm(): void
  /** What failed so far, as `lose POST /v1/…`. */
  mishaps: string[]
}

export function createWeather(gate: Gate): Weather {
  const weather: Weather = {
    mishaps: [],
    turn(seed, percent) {
      const seen = new Map<string, number>()
      gate.judge = async (request) => {
        const nth = (seen.get(request) ?? 0) + 1
        seen.set(request, nth)
        const random = createRandom(seed, `${request} ${nth}`)
        if (!random.chance(percent / 100)) return 'pass'
        const verdict = random.pick(['lose', 'lose', 'cut', 500, 429, 'slow'] as const)
        weather.mishaps.push(`${verdict} ${request}`)
        if (verdict !== 'slow') return verdict
        await new Promise((resolve) => setTimeout(resolve, 40))
        return 'pass'
      }
    },
    calm: () => gate.clear(),
  }
  return weather
}
