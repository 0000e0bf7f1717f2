import { Link, Route, Switch, useSearch } from 'wouter'
import { paymentStatuses } from '../api/payments'
import { isRehearsal } from '../api/rehearsals'
import { words } from '../words/console'
import { useLanguage } from '../words/language'
import { Compare } from './Compare'
import { FoundOrders } from './FoundOrders'
import { OrderPage } from './OrderPage'
import { Orders } from './Orders'
import { Payments } from './Payments'
import { RecapPage } from './RecapPage'
import { RehearsalPage } from './RehearsalPage'
import { Rehearsals } from './Rehearsals'
import { Sale } from './Sale'
import { Sales } from './Sales'
import { Shell } from './Shell'
import { Settings } from './Settings'
import { SignIn } from './SignIn'

export function App() {
  useLanguage()
  return (
    <>
      <Switch>
        <Route path="/">
          <Home />
        </Route>
        <Route path="/products/:id">
          {({ id }) => <OfProduct key={id} id={id} />}
        </Route>
        <Route path="/order/:id">{({ id }) => <Orders key={id} id={id} />}</Route>
        <Route>
          <Shell title={words().noPage} link="open">
            <h1 className="py-4 text-title font-semibold">{words().noPage}</h1>
            <Link href="/" className="underline underline-offset-4">
              {words().toConsole}
            </Link>
          </Shell>
        </Route>
      </Switch>
      <SignIn />
    </>
  )
}

function OfProduct({ id }: { id: string }) {
  const search = new URLSearchParams(useSearch())
  const payments = search.get('payments')
  const share = search.get('share') ?? undefined
  if (share !== undefined || search.has('recap')) return <RecapPage id={id} share={share} />
  if (payments !== null) return <Payments id={id} shown={paymentStatuses.find((one) => one === payments)} />
  return isRehearsal(id) ? <RehearsalPage id={id} /> : <Sale id={id} />
}

/** The server knows one address for what is of no single product, so what is shown there goes by what follows the `?`. */
function Home() {
  const search = new URLSearchParams(useSearch())
  const compared = search.get('compare')
  if (compared !== null) return <Compare ids={compared.split(',')} />
  const order = search.get('order')
  if (order !== null) return <OrderPage key={order} id={order} />
  if (search.has('orders')) return <FoundOrders search={search} />
  if (search.has('settings')) return <Settings />
  return search.has('rehearsals') ? <Rehearsals /> : <Sales key={String(search.has('new'))} putting={search.has('new')} />
}
