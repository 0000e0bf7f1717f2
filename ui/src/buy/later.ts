import { lazy } from 'react'

const againMs = 2000

/** What few buyers need is loaded once it is wanted. While the server cannot be reached it is asked for again. */
const rest = (): Promise<typeof import('./rest')> =>
  import('./rest').catch(async () => {
    await new Promise((rested) => setTimeout(rested, againMs))
    return rest()
  })

export const Challenge = lazy(async () => ({ default: (await rest()).Challenge }))
export const Mine = lazy(async () => ({ default: (await rest()).Mine }))
