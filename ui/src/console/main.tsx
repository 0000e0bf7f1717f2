import '../look/console.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { whatIsEarly } from '../api/early'
import { App } from './App'
import { queries } from './queries'

const root = createRoot(document.getElementById('root')!)
// At once, so that what has come is on the page before the first of it is laid out.
void whatIsEarly().then(() =>
  flushSync(() =>
    root.render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <App />
        </QueryClientProvider>
      </StrictMode>,
    ),
  ),
)
