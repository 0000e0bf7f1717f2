import type { CSSProperties } from 'react'
import type { Product, State } from '../api/bodies'

/** Every unit of the sale at a glance: held, queued, and remaining, in yellow as long as they can be bought. */
export function Units({ product, state }: { product: Pick<Product, 'quantity' | 'held' | 'queued' | 'remaining'>; state: State }) {
  const share = (n: number): CSSProperties => ({ width: `${(100 * n) / product.quantity}%` })
  return (
    <div className="@container" aria-hidden="true">
      <div className="units" style={{ '--quantity': product.quantity } as CSSProperties}>
        <span className="bg-held transition-[width] duration-200" style={share(product.held)} />
        <span className="bg-queued transition-[width] duration-200" style={share(product.queued)} />
        <span
          className={`transition-[width] duration-200 ${state === 'on_sale' ? 'bg-flash' : 'bg-resting'}`}
          style={share(product.remaining ?? 0)}
        />
      </div>
    </div>
  )
}
