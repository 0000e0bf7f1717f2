import '../look/buy.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Buy } from './Buy'

const product = decodeURIComponent(location.pathname.split('/')[2] ?? '')

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Buy product={product} />
  </StrictMode>,
)
