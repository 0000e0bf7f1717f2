import { Link } from 'wouter'
import { words } from '../words/console'

/** After the demo: what one does with a sale of one's own. */
export function NextSteps() {
  const w = words().next
  const steps = [
    { ...w.own, href: '/' },
    { ...w.crowd, href: '/?rehearsals' },
    { ...w.shop, href: '/openapi.json' },
  ]
  return (
    <section aria-labelledby="next" className="mt-8 print:hidden">
      <h2 id="next" className="border-b border-line pb-2 text-lead font-semibold">
        {w.title}
      </h2>
      <ol className="grid gap-x-8 gap-y-4 pt-4 md:grid-cols-3">
        {steps.map(({ does, tells, href }, i) => (
          <li key={href} className="grid content-start gap-1">
            {href.endsWith('.json') ? (
              <a href={href} className={step}>{`${i + 1}. ${does}`}</a>
            ) : (
              <Link href={href} className={step}>{`${i + 1}. ${does}`}</Link>
            )}
            <span className="text-muted">{tells}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const step = 'w-fit font-medium underline underline-offset-4'
