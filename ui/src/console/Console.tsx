import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Product } from '../api/bodies'
import { listProducts } from '../api/products'
import { Unreachable } from '../api/request'
import { noteServerTime } from '../sale/clock'
import { Confirm, type Question } from './Confirm'
import { ProductCard } from './ProductCard'
import { Shell } from './Shell'
import { TermsForm } from './TermsForm'

const everyMs = 1000

async function productsNow(): Promise<Product[]> {
  const products = await listProducts()
  if (products[0]) noteServerTime(products[0].server_time)
  return products
}

export function Console() {
  const products = useQuery({ queryKey: ['products'], queryFn: productsNow, refetchInterval: everyMs })
  const [edited, setEdited] = useState<string>()
  const [question, setQuestion] = useState<Question>()
  const lost = products.failureReason instanceof Unreachable
  return (
    <Shell
      title="Console"
      link={lost ? 'lost' : products.isSuccess ? 'open' : 'connecting'}
      seenAt={products.dataUpdatedAt}
    >
      <div className="grid items-start gap-8 lg:grid-cols-[19rem_minmax(0,1fr)]">
        <TermsForm
          key={edited}
          edited={edited}
          products={products.data ?? []}
          onDone={() => setEdited(undefined)}
        />
        <section aria-label="On sale" className="grid gap-6">
          {products.data?.length === 0 && <NothingOnSale />}
          {products.data?.map((product) => (
            <ProductCard key={product.id} product={product} onAsk={setQuestion} onEdit={setEdited} />
          ))}
          {products.isError && !lost && (
            <p role="alert" className="text-alarm">
              {products.error.message}
            </p>
          )}
        </section>
      </div>
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </Shell>
  )
}

function Flag({ children }: { children: string }) {
  return <span className="whitespace-nowrap">{children}</span>
}

function NothingOnSale() {
  return (
    <div className="grid gap-5 rounded-box border border-board-edge bg-board p-5 text-board-ink sm:p-6">
      <h2 className="text-title font-semibold">Nothing is on sale</h2>
      <p className="max-w-prose text-board-muted">
        Give a product an id and a quantity. With the id 1, its buyers find it at{' '}
        <span className="text-board-ink">/buy/1</span>.
      </p>
      <div className="@container" aria-hidden="true">
        <div className="units" style={{ '--quantity': 100 } as React.CSSProperties} />
      </div>
      <div className="text-small text-board-muted">
        <p>To see 10,000 people at it within five seconds:</p>
        <code className="mt-1 block font-mono text-board-ink">
          bin/seckill rush <Flag>--product 1</Flag> <Flag>--buyers 10000</Flag> <Flag>--over 5s</Flag>
        </code>
      </div>
    </div>
  )
}
