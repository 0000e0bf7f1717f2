import { Route, Switch } from 'wouter'
import { Console } from './Console'
import { Orders } from './Orders'
import { Sale } from './Sale'
import { Shell } from './Shell'
import { SignIn } from './SignIn'

export function App() {
  return (
    <>
      <Switch>
        <Route path="/" component={Console} />
        <Route path="/products/:id">{({ id }) => <Sale key={id} id={id} />}</Route>
        <Route path="/order/:id">{({ id }) => <Orders key={id} id={id} />}</Route>
        <Route>
          <Shell title="No such page" link="open">
            <h1 className="text-title font-semibold">There is no such page.</h1>
          </Shell>
        </Route>
      </Switch>
      <SignIn />
    </>
  )
}
