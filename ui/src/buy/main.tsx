import '../look/buy.css'
import { StrictMode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { whatIsEarly } from '../api/early'
import { Buy } from './Buy'

const product = decodeURIComponent(location.pathname.split('/')[2] ?? '')

const root = createRoot(document.getElementById('root')!)
// At once, so that what has come is on the page before the first of it is laid out.
void whatIsEarly().then(() =>
  flushSync(() =>
    root.render(
      <StrictMode>
        <Buy product={product} />
      </StrictMode>,
    ),
  ),
)
