import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Product } from '../api/bodies'
import { listProducts } from '../api/manage'
import { Unreachable } from '../api/request'
import { may } from '../api/session'
import { focusOn } from '../look/keys'
import { count } from '../sale/format'
import { RehearsalMark } from '../sale/StateMark'
import { words } from '../words/console'
import { shared } from '../words/shared'
import { Confirm, type Question } from './Confirm'
import { Demo } from './Demo'
import { ProductCard } from './ProductCard'
import { Shell } from './Shell'
import { TermsForm } from './TermsForm'
import { useMe } from './useMe'

const everyMs = 1000

export function Console() {
  const products = useQuery({ queryKey: ['products'], queryFn: listProducts, refetchInterval: everyMs })
  const [edited, setEdited] = useState<string>()
  const [question, setQuestion] = useState<Question>()
  const lost = products.failureReason instanceof Unreachable
  const sold = products.data?.filter((product) => !product.rehearsal)
  const nothing = sold?.length === 0
  const rehearsed = products.data?.filter((product) => product.rehearsal) ?? []
  const me = useMe()
  const w = words()
  return (
    <Shell
      title={w.console}
      link={lost ? 'lost' : products.isSuccess ? 'open' : 'connecting'}
      seenAt={products.dataUpdatedAt}
      keys={[
        { key: 'n', does: 'newProduct', act: () => document.querySelector<HTMLInputElement>('form input')?.focus() },
        ...(nothing ? [{ key: 'd', does: 'run', act: () => focusOn('d') } as const] : []),
      ]}
    >
      <div className="grid items-start gap-8 lg:grid-cols-[19rem_minmax(0,1fr)]">
        {may(me, 'operate') && <TermsForm key={edited} edited={edited} products={products.data ?? []} onDone={() => setEdited(undefined)} />}
        <section aria-label={w.onSale} className={`grid gap-6 ${nothing ? 'max-lg:order-first' : ''}`}>
          {nothing && may(me, 'operate') && <Demo />}
          {sold?.map((product) => (
            <ProductCard key={product.id} product={product} onAsk={setQuestion} onEdit={setEdited} />
          ))}
          {rehearsed.length > 0 && <Rehearsed products={rehearsed} />}
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

const shownRehearsals = 5

/** What rehearsals left behind, apart from what is really sold, and marked. */
function Rehearsed({ products }: { products: Product[] }) {
  const newest = products.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, shownRehearsals)
  return (
    <section aria-labelledby="rehearsed">
      <div className="flex items-baseline justify-between border-b border-line pb-2">
        <h2 id="rehearsed" className="text-lead font-semibold">
          {words().rehearsals}
        </h2>
        <Link href="/?rehearsals" className="underline underline-offset-4">
          {words().all(count(products.length))}
        </Link>
      </div>
      <ul>
        {newest.map((product) => (
          <li key={product.id} className="figures flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2">
            <RehearsalMark />
            <Link href={`/products/${product.id}`} className="mr-auto underline underline-offset-4 wrap-anywhere">
              {product.id.replace('rehearsal-', '')}
            </Link>
            <span className="text-muted">
              {count(product.held)} / {count(product.quantity)}
            </span>
            <span>{shared().states[product.state]}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
