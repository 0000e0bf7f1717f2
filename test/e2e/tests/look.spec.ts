import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { buyAs, cancel, expect, expectFits, expectNoFindings, expectNoSidewaysScroll, newSale, queued, test } from '../fixtures'
import type { Server } from '../server'

const shots = path.join(import.meta.dirname, '../shots')

type Look = {
  name: string
  prepare?: (server: Server) => Promise<unknown>
  path: string | ((server: Server) => Promise<string>)
  /** Before the page is opened. */
  first?: (page: Page) => Promise<unknown>
  act?: (page: Page, server: Server) => Promise<unknown>
  sees: string
}

// 720 is a window of 1,440 at 200 %. A font as wide as DejaVu is what some systems have; 320 is 400 % of 1,280.
const fits = [[320, false], [320, true], [360, true], [720, false], [768, true], [1440, true]] as const

const soon = () => new Date(Date.now() + 600_000).toISOString()
const sell = (terms: object, buyers = 0) => async (server: Server) => {
  await server.put('1', { quantity: 100, ...terms })
  await server.fill('1', buyers)
}
const stepped = (step: 'pause' | 'close', buyers = 0) => async (server: Server) => {
  await sell({}, buyers)(server)
  await server.step('1', step)
}
const press = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).click()
const buy = (page: Page) => buyAs(page, 'ann')
const chinese = (page: Page) => page.addInitScript(() => localStorage.setItem('seckill.language', 'zh'))
const several = { limit_per_user: 5, payment_window: '15m' }
const priced = { payment_window: '15m', price: { amount: 1999, currency: 'EUR' } }
/** As many units, as high a price and as long a name as there can be. */
const huge = sell({ quantity: 10_000_000, limit_per_user: 5, price: { amount: 99_999_999_999, currency: 'CNY' }, name: '周年纪念版热升华键帽机械键盘限量发售联名礼盒套装含手托与拆键器豪华典藏纪念款第二批次' })

const small = { buyers: 600, over: '1s', quantity: 40 }
const rehearsal = (plan: Record<string, unknown>) => async (server: Server) => `/products/${await server.rehearse({ ...small, ...plan })}`

const console_: Look[] = [
  { name: 'console-nothing', path: '/', sees: 'Nothing is on sale' },
  { name: 'console-nothing-zh', path: '/', first: chinese, sees: '当前没有抢购' },
  { name: 'console', prepare: sell({ name: 'Anniversary keyboard', payment_window: '15m' }, 63), path: '/', sees: 'Anniversary keyboard' },
  { name: 'console-rehearsed', prepare: (server) => server.rehearse(small), path: '/', sees: 'all 1' },
  { name: 'console-refused', path: '/', act: refused, sees: 'Put on sale' },
  { name: 'console-refused-zh', path: '/', first: chinese, act: refusedInChinese, sees: '请输入 1 到 10,000,000 的整数' },
  { name: 'console-help', prepare: sell({}), path: '/', act: press('Help'), sees: 'put a product on sale' },
  { name: 'console-many', prepare: many, path: '/', sees: 'Blue mug' },
  { name: 'console-many-zh', prepare: many, path: '/', first: chinese, sees: '售罄用时' },
  { name: 'console-archived', prepare: many, path: '/', act: (page) => page.getByText('Archived').click(), sees: 'Last year' },
  { name: 'console-form', prepare: sell({}), path: '/', act: wholeForm, sees: 'Link of an image' },
  { name: 'delete', prepare: stepped('close', 40), path: '/products/1', act: press('Delete'), sees: 'with its 40 orders' },
  { name: 'start-over', prepare: sell({}, 100), path: '/', act: press('Start over'), sees: '100 orders go with it' },
  { name: 'close', prepare: sell({}, 40), path: '/', act: press('Close'), sees: 'Nobody can buy it any more' },
  { name: 'clock-wrong', prepare: sell({ opens_at: soon() }), path: '/', first: wrongClock, sees: 'This device’s clock is' },
]

const sale: Look[] = [
  { name: 'sale', prepare: sell({}, 63), path: '/products/1', act: someFigures, sees: 'Newest orders' },
  { name: 'sale-zh', prepare: sell({ payment_window: '15m' }, 63), path: '/products/1', first: chinese, act: someFigures, sees: '最新订单' },
  { name: 'sale-huge-zh', prepare: huge, path: '/products/1', first: chinese, sees: '，每人限 5 件' },
  { name: 'sale-early', prepare: sell({ opens_at: soon() }), path: '/products/1', sees: 'Opens in' },
  { name: 'sale-paused', prepare: stepped('pause', 20), path: '/products/1', sees: 'Buyers can buy again' },
  { name: 'sale-terms', prepare: sell({}, 63), path: '/products/1', act: newTerms, sees: '100 units more can be bought' },
  { name: 'sale-verified', prepare: stepped('close', 100), path: '/products/1', act: press('Verify now'), sees: 'No findings' },
  { name: 'sale-unknown', path: '/products/1', sees: 'There is no product 1' },
  { name: 'sale-verified-zh', prepare: stepped('close', 100), path: '/products/1', first: chinese, act: press('立即核验'), sees: '无异常' },
  { name: 'sale-lost', prepare: sell({}, 63), path: '/products/1', act: lose('Newest orders'), sees: 'The server cannot be reached' },
  { name: 'sale-lost-zh', prepare: sell({}, 63), path: '/products/1', first: chinese, act: lose('最新订单'), sees: '无法连接服务器' },
  { name: 'orders', prepare: tenThousand, path: '/order/1', sees: '10,000 orders' },
  { name: 'orders-void', prepare: owed, path: '/order/1', act: voidPaid, sees: 'The buyer sees the reason' },
  { name: 'orders-zh', prepare: tenThousand, path: '/order/1', first: chinese, sees: '10,000 张订单' },
]

const recaps: Look[] = [
  { name: 'recap-none', prepare: sell({}), path: '/products/1?recap', sees: 'Nothing has been sold' },
  { name: 'recap-one', prepare: sell({}, 1), path: '/products/1?recap', sees: '1 of 100 units sold' },
  { name: 'recap', prepare: soldOut, path: '/products/1?recap', act: press('Verify now'), sees: 'No findings' },
  { name: 'recap-zh', prepare: soldOut, path: '/products/1?recap', first: chinese, sees: '售罄' },
  { name: 'recap-share', prepare: soldOut, path: '/products/1?recap', act: press('Make a link'), sees: 'The link works until' },
  { name: 'unknown', path: '/nowhere', sees: 'There is no such page.' },
]

const money: Look[] = [
  { name: 'sale-owed', prepare: owed, path: '/products/1', sees: 'To refund' },
  { name: 'sale-owed-zh', prepare: owed, path: '/products/1', first: chinese, sees: '待退款' },
  { name: 'orders-payments', prepare: owed, path: '/products/1?payments', sees: '4 payments' },
  { name: 'orders-payments-zh', prepare: owed, path: '/products/1?payments=refund_due', first: chinese, sees: '3 笔付款' },
  { name: 'orders-payments-none', prepare: sell({}), path: '/products/1?payments', sees: 'No payments' },
  { name: 'orders-payments-refunded', prepare: owed, path: '/products/1?payments', act: press('Record the refund of pay_2'), sees: 'This program moves no money' },
  { name: 'orders-payments-lost', prepare: owed, path: '/products/1?payments', act: lose('4 payments'), sees: 'The server cannot be reached' },
]

const rehearsals: Look[] = [
  { name: 'rehearsals-none', path: '/?rehearsals', sees: 'None yet' },
  { name: 'rehearsals', prepare: twice, path: '/?rehearsals', act: chooseBoth, sees: '40 placed, 0 oversold, no findings' },
  { name: 'rehearsals-refused', path: '/?rehearsals', act: crowdRefused, sees: 'Rehearse a sale' },
  { name: 'rehearsal-running', path: begun({ buyers: 12_000, over: '30s' }), act: halfAway, sees: 'buyers answered' },
  { name: 'rehearsal-running-zh', path: begun({ buyers: 12_000, over: '30s' }), first: chinese, act: halfAway, sees: '名买家已得到答复' },
  { name: 'rehearsal-done', path: rehearsal({ repeat_clickers: 20 }), sees: '40 placed, 0 oversold, no findings' },
  { name: 'rehearsal-done-zh', path: rehearsal({}), first: chinese, sees: '下单 40 件，超卖 0 件，无异常' },
  { name: 'rehearsal-stopped', path: stopped, sees: 'It was stopped early' },
  { name: 'rehearsal-unknown', path: '/products/rehearsal-gone', sees: 'There is no such rehearsal' },
  { name: 'compare', path: compared, sees: 'Two rehearsals, side by side' },
  { name: 'compare-zh', path: compared, first: chinese, sees: '两次都下单' },
]

const buyer: Look[] = [
  { name: 'buy', prepare: sell({}, 63), path: '/buy/1', sees: 'Buy one' },
  { name: 'buy-zh', prepare: sell({}, 63), path: '/buy/1', first: chinese, sees: '立即抢购' },
  { name: 'buy-huge', prepare: huge, path: '/buy/1', sees: 'of 10,000,000 left' },
  { name: 'buy-early', prepare: sell({ opens_at: soon() }), path: '/buy/1', sees: 'until it opens' },
  { name: 'buy-waiting', prepare: sell({}, 10), path: '/buy/1', first: (page) => queued(page, '1', 'ann'), act: buy, sees: 'One is set aside for you' },
  { name: 'buy-yours', prepare: sell({}, 10), path: '/buy/1', act: buy, sees: 'It’s yours' },
  { name: 'buy-yours-zh', prepare: sell({ payment_window: '15m' }, 10), path: '/buy/1', first: chinese, act: buyInChinese, sees: '抢到了' },
  { name: 'buy-to-pay', prepare: sell({ payment_window: '15m' }, 10), path: '/buy/1', act: buy, sees: 'Time left to pay' },
  { name: 'buy-paid', prepare: sell({ payment_window: '15m' }), path: '/buy/1', act: pay, sees: 'It is yours for good' },
  { name: 'buy-at-shop', prepare: sell({ ...priced, url: 'https://shop.example/pay' }), path: '/buy/1', act: buy, sees: 'Pay at the shop' },
  { name: 'buy-voided', prepare: sell(priced), path: '/buy/1', act: paidAndVoided, sees: 'Cancelled by the shop' },
  { name: 'buy-voided-zh', prepare: sell(priced), path: '/buy/1', first: chinese, act: paidAndVoided, sees: '商家已取消' },
  { name: 'buy-late', prepare: sell(priced), path: '/buy/1', act: paidLate('pause'), sees: 'trying to get you another one' },
  { name: 'buy-late-zh', prepare: sell(priced), path: '/buy/1', first: chinese, act: paidLate('pause'), sees: '正在为你再争取一件' },
  { name: 'buy-refund', prepare: sell(priced), path: '/buy/1', act: paidLate('close'), sees: 'You will get your money back' },
  { name: 'buy-cancelled', prepare: sell({ payment_window: '15m' }), path: '/buy/1', act: giveBack, sees: 'You cancelled this order' },
  { name: 'buy-cancel', prepare: sell({ payment_window: '15m' }), path: '/buy/1', act: askedToCancel, sees: 'Keep it' },
  { name: 'buy-many', prepare: sell({ ...several, name: 'Anniversary keyboard' }), path: '/buy/1', act: four, sees: 'Your other orders' },
  { name: 'buy-another', prepare: sell(several), path: '/buy/1', act: fourAndOffer, sees: 'Orders of ann' },
  { name: 'buy-another-zh', prepare: sell(several), path: '/buy/1', first: chinese, act: twoInChinese, sees: 'ann 的订单' },
  { name: 'buy-many-lost', prepare: sell(several), path: '/buy/1', act: fourAndLost, sees: 'Your orders are safe' },
  { name: 'buy-sold-out', prepare: sell({}, 100), path: '/buy/1', sees: 'If one becomes available' },
  { name: 'buy-paused', prepare: stepped('pause'), path: '/buy/1', sees: 'The sale is paused. This page continues' },
  { name: 'buy-closed', prepare: stepped('close', 30), path: '/buy/1', sees: 'This sale is over' },
  { name: 'buy-lost', prepare: sell({}, 10), path: '/buy/1', act: boughtAndLost, sees: 'Your order is safe' },
  { name: 'buy-help', prepare: sell({}, 63), path: '/buy/1', act: press('Help'), sees: 'One press is enough' },
  { name: 'buy-refused', prepare: sell({}, 10), path: '/buy/1', act: (page) => buyAs(page, 'a b'), sees: 'must' },
  { name: 'buy-unknown', path: '/buy/1', sees: 'There is no product 1' },
  { name: 'buy-rehearsal', path: async (server) => `/buy/${(await server.begin({ buyers: 600, over: '60s', quantity: 500 })).id}`, sees: 'This is a rehearsal' },
]

/** One of each kind, and names that are long or none. */
async function many(server: Server) {
  await server.put('1', { quantity: 500 })
  await server.put('mug', { quantity: 40, name: 'Blue mug', opens_at: soon() })
  await server.put('poster', { quantity: 5, name: 'Poster, signed, in a name that is as long as people make them, and then a little longer' })
  await server.fill('poster', 5)
  await server.step('poster', 'close')
  await server.put('old', { quantity: 3, name: 'Last year' })
  await server.step('old', 'close')
  await server.step('old', 'archive')
}

async function wholeForm(page: Page) {
  await newSale(page)
  await page.getByLabel('Opens', { exact: true }).selectOption('At a time…')
  await page.getByText('Closing, payment, limits, price, links').click()
  await page.getByLabel('Time to pay').selectOption('Another length…')
}

async function refused(page: Page) {
  await newSale(page)
  await page.getByLabel('Quantity').fill('0')
  await page.getByRole('button', { name: 'Put on sale' }).click()
  await expect(page.getByLabel('Quantity')).toHaveAttribute('aria-invalid', 'true')
}

async function refusedInChinese(page: Page) {
  await page.getByRole('button', { name: '开售商品' }).click()
  await page.getByLabel('数量').fill('0')
  await page.getByRole('button', { name: '开售', exact: true }).click()
}

async function tenThousand(server: Server) {
  await server.put('1', { quantity: 10_000, name: 'Anniversary keyboard' })
  await server.rush('1', 10_000)
}

/** One order is paid, of the others each payment is owed back for another reason. */
/** The one that is paid: buyers who come at once are numbered as they come. */
async function voidPaid(page: Page) {
  await page.getByRole('button', { name: /^Void order/ }).click()
}

async function owed(server: Server) {
  await server.put('1', { quantity: 100, name: 'Anniversary keyboard', ...priced })
  await server.fill('1', 3)
  const [first, second] = [await server.orderOf('buyer-1'), await server.orderOf('buyer-2')]
  await server.pay('pay_1', first)
  await server.pay('pay_2', first)
  await server.pay('pay_3', second, 500)
  await server.pay('pay_4', '0192f0c1-2345-7abc-8def-0123456789ab')
}

async function soldOut(server: Server) {
  await server.put('1', { quantity: 100, name: 'Anniversary keyboard', closes_at: soon() })
  await server.rush('1', 1000)
}

async function bought(page: Page, server: Server): Promise<string> {
  await page.getByRole('textbox').fill('ann')
  await page.getByRole('textbox').press('Enter')
  await expect(page.getByRole('timer')).toBeVisible()
  return server.orderOf('ann')
}

async function paidAndVoided(page: Page, server: Server) {
  const order = await bought(page, server)
  await server.pay('pay_1', order)
  await server.end(order, 'void')
}

/** After its order had ended, and the sale does not sell. */
function paidLate(step: 'pause' | 'close') {
  return async (page: Page, server: Server) => {
    const order = await bought(page, server)
    await server.end(order, 'cancel')
    await server.step('1', step)
    await server.pay('pay_1', order)
    await page.goto(`/buy/1?order=${order}&payment=pay_1`)
  }
}

async function crowdRefused(page: Page) {
  await page.getByLabel('Buyers').fill('0')
  await page.getByLabel('Quitters').fill('many')
  await page.getByRole('button', { name: 'Run it' }).click()
  await expect(page.getByLabel('Quitters')).toHaveAttribute('aria-invalid', 'true')
}

async function newTerms(page: Page) {
  await page.getByRole('button', { name: 'Change terms' }).click()
  await page.getByLabel('Quantity').fill('200')
}

/** Charts want a few seconds of figures. */
async function someFigures(page: Page, server: Server) {
  for (let n = 0; n < 4; n++) {
    const answered = page.waitForResponse('**/api/figures')
    await server.fill('1', 5, `late${n}`)
    await answered
  }
}

async function wrongClock(page: Page) {
  await page.clock.install({ time: Date.now() + 3_600_000 })
}

function lose(sees: string) {
  return async (page: Page, server: Server) => {
    await expect(page.getByText(sees)).toBeVisible()
    await server.kill()
  }
}

async function twice(server: Server) {
  await server.rehearse(small)
  await server.rehearse({ ...small, repeat_clickers: 30 })
}

async function chooseBoth(page: Page) {
  await expect(page.getByRole('checkbox')).toHaveCount(2)
  for (const box of await page.getByRole('checkbox').all()) await box.check()
}

function begun(plan: Record<string, unknown>) {
  return async (server: Server) => `/products/${(await server.begin(plan)).id}`
}

async function halfAway(page: Page) {
  await expect.poll(async () => Number((await page.locator('[data-count=answered]').textContent())?.replace(',', ''))).toBeGreaterThan(800)
}

async function stopped(server: Server) {
  const { id } = await server.begin({ ...small, over: '30s' })
  await server.remove(`/api/rehearsals/${id}`)
  return `/products/${id}`
}

async function compared(server: Server) {
  const ids = [await server.rehearse(small), await server.rehearse({ ...small, buyers: 900 })]
  return `/?compare=${ids.join(',')}`
}

async function pay(page: Page) {
  await buy(page)
  await page.getByRole('button', { name: 'Pay' }).click()
}

async function giveBack(page: Page) {
  await buy(page)
  await cancel(page)
}

const another = (page: Page) => page.getByRole('button', { name: /^(Buy another|再买一件)$/ }).click()

/** One paid, one given back, one to pay, and one in hand. */
async function four(page: Page) {
  await pay(page)
  await another(page)
  await giveBack(page)
  await page.getByRole('button', { name: 'Back to the sale' }).click()
  await buy(page)
  await another(page)
  await buy(page)
}

async function buyInChinese(page: Page) {
  await page.getByLabel('你的用户 ID').fill('ann')
  await page.getByRole('button', { name: '立即抢购' }).click()
}

async function twoInChinese(page: Page) {
  for (const _ of [1, 2]) {
    await buyInChinese(page)
    await another(page)
  }
}

async function fourAndOffer(page: Page) {
  await four(page)
  await another(page)
}

async function fourAndLost(page: Page, server: Server) {
  await four(page)
  await lose('Your other orders')(page, server)
}

async function askedToCancel(page: Page) {
  await buy(page)
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
}

async function boughtAndLost(page: Page, server: Server) {
  await buy(page)
  await lose('It’s yours')(page, server)
}

async function looksGood(look: Look, page: Page, server: Server) {
  await look.prepare?.(server)
  await look.first?.(page)
  await page.goto(typeof look.path === 'string' ? look.path : await look.path(server))
  await look.act?.(page, server)
  await expect(page.getByText(look.sees).first()).toBeVisible()
  // What lies over the page, or scrolls within it, is as high as the window.
  for (const [width, wide] of fits) await expectFits(page, width, wide)
  const whole = !look.name.startsWith('orders') && (await page.getByRole('dialog').count()) === 0
  for (const [width, height] of [[360, 740], [1440, 900]] as const) {
    await page.setViewportSize({ width, height })
    await expectNoSidewaysScroll(page)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      // The colours are the same at both widths and the outline in both schemes, so two of the four see it all.
      if ((width === 360) === (colorScheme === 'light')) await expectNoFindings(page)
      const file = path.join(shots, `${look.name}-${width}-${colorScheme}.png`)
      await page.screenshot({ path: file, fullPage: whole })
      expect((await stat(file)).size).toBeGreaterThan(0)
    }
  }
}

for (const look of [...console_, ...sale, ...recaps, ...money, ...rehearsals, ...buyer]) {
  test(`${look.name} in light and dark, at 360 and 1440 pixels`, async ({ page, server }) => looksGood(look, page, server))
}

test.describe('with an admin token', () => {
  test.use({ flags: ['--admin-token', 'open-sesame-open-sesame'] })
  const look: Look = { name: 'token', path: '/?rehearsals', sees: 'This is for operators' }
  const settings: Look = { name: 'settings', path: '/?settings', act: withTokens, sees: 'It is shown only once' }
  const settingsZh: Look = { name: 'settings-zh', path: '/?settings', first: chinese, act: signedInChinese, sees: '还没有' }
  for (const one of [look, settings, settingsZh]) {
    test(`${one.name} in light and dark, at 360 and 1440 pixels`, async ({ page, server }) => looksGood(one, page, server))
  }
})

async function withTokens(page: Page) {
  await page.getByLabel('Your name').fill('admin')
  await page.getByLabel('Token', { exact: true }).fill('open-sesame-open-sesame')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('None yet')).toBeVisible() // before, the dialog lies over the form
  await page.getByLabel('For whom').fill('ann')
  await page.getByRole('button', { name: 'Create the token' }).click()
}

async function signedInChinese(page: Page) {
  await page.getByLabel('你的名字').fill('admin')
  await page.getByRole('textbox', { name: '令牌' }).fill('open-sesame-open-sesame')
  await page.getByRole('button', { name: '登录', exact: true }).click()
}
