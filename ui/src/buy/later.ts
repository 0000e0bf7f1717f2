import { lazy } from 'react'
import { later } from '../api/later'

/** What few buyers need. */
const rest = later(() => import('./rest'))

export const Challenge = lazy(async () => ({ default: (await rest()).Challenge }))
export const Mine = lazy(async () => ({ default: (await rest()).Mine }))
