import type { Rehearsal } from '../api/rehearsals'
import type { Status } from '../api/bodies'

const findings = (n: number) => (n === 0 ? 'no findings' : `${n} ${n === 1 ? 'finding' : 'findings'}`)
const units = (n: number, text: string) => `${text} ${n === 1 ? 'unit' : 'units'}`

export const en = {
  // The frame of every page
  console: 'Console',
  rehearsals: 'Rehearsals',
  pages: 'Pages',
  link: { connecting: 'Connecting', open: 'Live', lost: 'Not connected' },
  signOut: 'Sign out',
  seenAt: (time: string) => `What you see is from ${time}.`,
  noPage: 'There is no such page.',
  noProduct: (id: string) => `There is no product ${id}`,
  noProductLine: 'It was never put on sale, or it was deleted. This page shows it as soon as it is there. ',
  toConsole: 'To the console',
  tryAgain: 'Try again',
  leave: 'Leave it',

  // Signing in
  asksToken: 'This server asks for its admin token',
  sessionOver: 'Your session is over. Sign in again, and it goes on where it was',
  token: 'Admin token',
  tokenHint: 'The one that the server was started with.',
  notNow: 'Not now',
  signIn: 'Sign in',

  // The board
  ofRemaining: (all: string) => `of ${all} remaining`,
  perBuyer: (n: number) => `${n} per buyer`,
  toPay: (limit: string, window: string) => `${limit}, ${window} to pay`,
  counts: {
    queued: 'queued',
    placed: 'placed',
    paid: 'paid',
    cancelled: 'cancelled',
    expired: 'expired',
    rejected: 'rejected',
  } satisfies Record<Status, string>,
  serverClock: (time: string, error: string) => `Server’s clock ${time} ± ${error}`,

  // First open
  onSale: 'On sale',
  nothing: 'Nothing is on sale',
  nothingLine: 'Put a product on sale here, or see first what the rush will be like: 10,000 buyers in five seconds, at 100 units that nobody really buys.',
  demo: 'Run the demo sale',
  starting: 'Opening the doors',

  // Terms
  putTitle: 'Put a product on sale',
  changeTitle: 'Change the terms',
  productId: 'Product id',
  quantity: 'Quantity',
  folded: 'Name, limit, times, payment',
  name: 'Name',
  limit: 'Limit per buyer',
  opensAt: 'Opens at',
  opensHint: 'Your time. Empty: at once.',
  closesAt: 'Closes at',
  closesHint: 'Your time. Empty: never by itself.',
  window: 'Payment window',
  windowHint: 'Such as 15m. 0s: final once placed.',
  put: 'Put on sale',
  will: {
    nothing: 'Nothing changes yet.',
    more: (n: number, text: string) => `${units(n, text)} more can be bought.`,
    fewer: (n: number, text: string, held: string) => `${units(n, text)} fewer. It cannot go below the ${held} that are held.`,
    limit: (from: string, to: string) => `A buyer may have ${to} instead of ${from}.`,
    window: 'The payment window is that of orders placed from then on.',
    opens: 'It opens at the new time; until then nobody can buy.',
    closes: 'It closes at the new time.',
    name: 'Buyers see the new name at once.',
    again: 'It is on sale again.',
    orders: (n: number, text: string) => (n === 0 ? '' : n === 1 ? 'Its order stays.' : `Its ${text} orders stay.`),
  },

  // Steps
  pause: 'Pause',
  resume: 'Resume',
  closeSale: 'Close',
  startOver: 'Start over',
  changeTerms: 'Change terms',
  tells: {
    pause: 'Nobody can buy until you resume it. Orders stay.',
    resume: 'Buyers can go on from where it was.',
    close: 'Nobody can buy it from then on. Orders stay.',
    startOver: 'Deletes it with its orders, and puts it on sale anew.',
    terms: 'More or fewer units, limit, times, name. Orders stay.',
  },
  askClose: (title: string) => `Close ${title}?`,
  closeTells: 'Nobody can buy it from then on. Its orders stay.',
  closeIt: 'Close it',
  askStartOver: (title: string) => `Start ${title} over?`,
  startOverTells: (orders: number, ordersText: string, quantity: number, quantityText: string, closing: boolean) =>
    `It is closed and deleted, and ${
      orders === 0 ? 'it has no orders yet' : orders === 1 ? 'its order goes with it' : `its ${ordersText} orders go with it`
    }. Then ${quantityText} ${quantity === 1 ? 'unit is' : 'units are'} put on sale again on the same terms${
      closing ? ', but for the closing time, which is past' : ''
    }.`,

  // One sale
  watch: 'Watch it live',
  orders: 'Orders',
  buyersPage: 'Buyer’s page',
  pagesOf: (title: string) => `Pages of ${title}`,
  newest: 'Newest orders',
  allOrders: 'All orders',
  noOrders: 'No orders yet.',
  figures: 'Figures',
  whose: (processes: string[]) =>
    processes.length === 1
      ? `What the process ${processes[0]} measured, over all its products.`
      : `Sums over the processes ${processes.join(', ')}, over all products; latency is the slowest one’s.`,
  answersPerSecond: 'Answers a second',
  latencyTitle: 'Latency',
  logTitle: 'Log and store',
  inLog: 'in the log',
  inStore: 'in the store',
  behind: (n: string) => (n === '0' ? 'The store has met all of the log.' : `The store is ${n} records behind the log.`),
  quiet: 'Nobody is buying at the moment.',
  max: 'max',

  // Verify
  verifyTitle: 'Verify',
  verifyLine: 'Reads the log again from its start and holds it against every order. Nothing is changed, and the sale goes on.',
  verify: 'Verify now',
  verifying: 'Judging',
  findings,
  judged: (orders: string, records: string, time: string) => `${orders} orders and ${records} log records, judged at ${time}.`,
  moreHold: (n: number) => `${n} more equations, and all hold`,
  holds: 'holds',
  fails: 'does not hold',
  leftOut: 'Could not be judged',
  csv: 'CSV',
  download: 'Download CSV',

  // All orders
  ordersOf: 'Orders of',
  stateIs: (state: string) => `${state}: `,
  heldLine: (quantity: string, remaining: string, queued: string) => ` of ${quantity} held, ${remaining} remaining, ${queued} queued`,
  status: 'Status',
  all: (n: string) => `all ${n}`,
  newestFirst: 'Newest first',
  total: (n: number, text: string) => `${text} ${n === 1 ? 'order' : 'orders'}`,
  fetching: 'Fetching the orders',
  some: (n: string, status: string, more: boolean) => `${n} ${status}${more ? ', more as you scroll' : ''}`,
  toStart: 'To the start',
  toMiddle: 'To the middle',
  toEnd: 'To the end',
  columns: { number: 'number', user: 'user', status: 'status', placedAt: 'placed at', endedAt: 'ended at', orderId: 'order id' },

  // Rehearsals
  newRehearsal: 'Rehearse a sale',
  newRehearsalLine: 'Buyers that the server makes up, at a product of its own, over its own address: the whole path but the network.',
  buyers: 'Buyers',
  seconds: 'Seconds',
  unitsField: 'Units',
  repeaters: 'Repeat-clickers, %',
  repeatersHint: 'Click twice, 100 ms apart.',
  quitters: 'Quitters, %',
  quittersHint: 'Let 10 s to pay go by.',
  run: 'Run it',
  runAgain: 'Run it again',
  noRehearsals: 'None yet. The demo sale is 10,000 buyers over five seconds at 100 units.',
  compare: 'Compare',
  compareHint: 'Choose two to compare them.',
  chosen: (title: string) => `Choose ${title} to compare`,
  open: 'Open',
  allRehearsals: 'All rehearsals',
  report: 'Report',
  remove: 'Delete',
  stop: 'Stop it',
  askRemove: 'Delete this rehearsal?',
  removeTells: 'Its report goes, and its product with all of its orders. No other product is touched.',
  askStop: 'Stop this rehearsal?',
  stopTells: 'No more of its buyers come. What came of it so far is kept, and its product is closed.',
  states: {
    running: 'Under way',
    verifying: 'Verifying',
    done: 'Done',
    failed: 'Failed',
    cancelled: 'Stopped',
  } satisfies Record<Rehearsal['state'], string>,
  plan: (buyers: string, over: string, quantity: number, text: string) => `${buyers} buyers over ${over} at ${units(quantity, text)}`,
  repeatersPlan: (n: number) => `, ${n} % click twice`,
  quittersPlan: (n: number) => `, ${n} % never pay`,
  outcome: (placed: string, oversold: string, found: number) => `${placed} placed, ${oversold} oversold, ${findings(found)}`,
  errors: (n: number, text: string) => `${text} ${n === 1 ? 'error' : 'errors'}`,
  comeIn: 'The buyers come in',
  waitsForPay: 'Waiting until the last payment window has passed',
  judging: 'All buyers are answered. Judging what came of it',
  ofAnswered: (all: string) => `of ${all} buyers answered`,
  crowd: 'Buyers, by how they were answered',
  fromArrival: 'From the moment when a buyer came to their answer.',
  secondClicks: 'second clicks',
  quit: 'let it pass',
  verdict: 'The verdict',
  byTheRush: 'Measured by the rush itself, as its buyers met it.',
  stoppedLine: 'It was stopped before its end, so nothing was judged.',
  failedLine: 'It did not come to its end.',
  noRehearsal: 'There is no such rehearsal',
  noRehearsalLine: 'It was deleted, with its product and its report.',
  isUnderWay: 'One is under way already.',
  watchIt: 'Watch it',

  // Comparing
  compareTitle: 'Two rehearsals, side by side',
  outcomeRow: 'Outcome',
  startedRow: 'Started',
  planRow: 'What was asked',
  errorsRow: 'errors',
  tookRow: 'took',
  latencyOf: (percentile: string) => `latency ${percentile}`,
  chooseTwo: 'Two rehearsals make a comparison. Choose them in the list.',
}

export type ConsoleWords = typeof en
