export async function registerByInvitation(): Promise<never> {
  throw new Error('not yet')
}
