import { counter, expect, noteAnswered, test } from '../fixtures'

test('a product is put on sale and paused without a mouse', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Nothing is on sale' })).toBeVisible()
  await page.keyboard.press('n')
  await expect(page.getByLabel('Product id')).toBeFocused()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('lsprint') // letters that are keys elsewhere
  await page.keyboard.press('Tab')
  await page.keyboard.type('50')
  await page.keyboard.press('Enter')
  await expect(counter(page, 'remaining')).toHaveText('50')

  await page.getByRole('link', { name: 'Watch it live' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Newest orders' })).toBeVisible()
  await page.keyboard.press('p')
  await expect(page.getByRole('button', { name: 'Pause' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByText('Paused')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Resume' })).toBeEnabled()
  await page.keyboard.press('p')
  await page.keyboard.press('Space')
  await expect(page.getByText('On sale', { exact: true })).toBeVisible()
  await page.keyboard.press('t')
  await expect(page.getByLabel('Quantity')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Quantity')).toBeHidden()
  await page.keyboard.press('o')
  await expect(page.getByRole('heading', { name: 'Orders of Product lsprint' })).toBeVisible()
})

test('the focus comes back from a question', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/products/1')
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  await button('Close').press('Enter')
  await page.keyboard.press('Escape')
  await expect(button('Close')).toBeFocused()
  await button('Change terms').press('Enter')
  await page.getByLabel('Quantity').fill('6')
  await page.keyboard.press('Enter')
  await expect(button('Change terms')).toBeFocused()

  await page.goto('/buy/1')
  await button('Help').press('Enter')
  await page.keyboard.press('Escape')
  await expect(button('Help')).toBeFocused()
})

test('the focus stays where a step was pressed, and the new state is said', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/products/1')
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const now = async (state: string, focused: string) => {
    await expect(page.getByRole('status').getByText(state, { exact: true })).toBeVisible()
    await expect(button(focused)).toBeFocused()
    await expect(button(focused)).toBeEnabled() // the new state may be told before the step is answered
  }
  const sure = async (name: string) => {
    await page.getByRole('dialog').getByRole('button', { name }).press('Enter')
    await expect(page.getByRole('dialog')).toBeHidden()
  }

  let done = () => {}
  const held = new Promise<void>((resolve) => (done = resolve))
  await page.route('**/api/products/1/pause', async (route) => {
    await held
    await route.continue()
  })
  await button('Pause').press('Enter')
  await expect(button('Pause')).toBeDisabled()
  await page.evaluate(() => new Promise(requestAnimationFrame)) // what is disabled would have lost it by now
  await expect(button('Pause')).toBeFocused()
  done()
  await now('Paused', 'Resume')
  await page.keyboard.press('Enter')
  await now('On sale', 'Pause')

  await button('Close').press('Enter')
  await sure('Close it')
  await now('Closed', 'Archive')
  await page.keyboard.press('Enter')
  await now('Archived', 'Unarchive')
  await page.keyboard.press('Enter')
  await now('Closed', 'Archive')
  await button('Open again').press('Enter')
  await now('On sale', 'Pause')

  await button('Verify now').press('Enter')
  await now('No findings', 'Verify now')

  await button('Close').press('Enter')
  await sure('Close it')
  await button('Delete').press('Enter')
  await sure('Delete it')
  await expect(page.getByRole('heading', { name: 'Sales' })).toBeFocused()
})

test('the focus goes to the heading where what a question was about has gone', async ({ page, server }) => {
  await server.put('1', { quantity: 5, payment_window: '15m' })
  await server.fill('1', 1)
  await page.goto(`/?order=${await server.orderOf('buyer-1')}`)
  await page.getByRole('button', { name: 'Cancel this order' }).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).press('Enter')
  await expect(page.getByRole('heading', { name: 'Order 1 cancelled' })).toBeFocused()
})

test('help tells the keys of the page, and can put them off', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.goto('/products/1')
  await expect(page.getByRole('heading', { name: 'Product 1' })).toBeVisible()
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Help' })
  await expect(help.getByText('go to Pause or Resume')).toBeVisible()
  await page.keyboard.press('p')
  await help.getByLabel('Single-letter shortcuts are on').uncheck()
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()
  await page.keyboard.press('p')
  await page.keyboard.press('r')
  await expect(page.getByText('On sale', { exact: true })).toBeVisible()
  await expect(page).toHaveURL(/products/)
  await page.reload()
  await page.keyboard.press('?')
  await expect(help).toBeHidden()
  await page.getByRole('button', { name: 'Help' }).click()
  await expect(help.getByLabel('Single-letter shortcuts are on')).not.toBeChecked()
})

for (const [name, path, says] of [
  ['the console', '/', 'put a product on sale'],
  ['one sale', '/products/1', 'go to Pause or Resume'],
  ['its orders', '/order/1', 'to its middle'],
  ['the rehearsals', '/?rehearsals', 'go to the demo sale'],
  ['a comparison', '/?compare=a,b', 'all sales'],
  ['the buyer’s page', '/buy/1', 'One press is enough.'],
] as const) {
  test(`? helps on ${name}, and Escape ends it`, async ({ page, server }) => {
    await server.put('1', { quantity: 5 })
    await page.goto(path)
    await expect(page.getByRole('button', { name: 'Help' })).toBeVisible()
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Help' })
    await expect(help.getByText(says)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(help).toBeHidden()
    await page.keyboard.press('l')
    await expect(page.getByRole('button', { name: '帮助' })).toBeVisible()
  })
}

test('help stays open on the buyer’s page once it knows who buys', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  let answer = () => {}
  const asked = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/api/session', async (route) => {
    await asked
    await route.continue()
  })
  await page.goto('/buy/1')
  await page.getByRole('button', { name: 'Help' }).click()
  answer()
  await expect(page.getByLabel('Your user id')).toBeVisible()
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
})

test('a step by a key that is refused says so, as one by its button does', async ({ page, server }) => {
  await server.put('1', { quantity: 5 })
  await page.route('**/api/products/1/pause', (route) =>
    route.fulfill({ status: 409, json: { type: '/problems/changed_meanwhile', title: 'Changed by somebody else meanwhile', status: 409 } }),
  )
  await page.goto('/products/1')
  await expect(page.getByRole('heading', { name: 'Product 1' })).toBeVisible()
  await page.keyboard.press('p')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Changed by somebody else meanwhile')).toBeVisible()
})

const letters = [...'abcdefghijklmnopqrstuvwxyz']

for (const [name, path] of [
  ['the console', '/'],
  ['a console with nothing on sale', '/'],
  ['one sale', '/products/1'],
  ['its orders', '/order/1'],
  ['the rehearsals', '/?rehearsals'],
  ['the buyer’s page', '/buy/1'],
] as const) {
  test(`no key of ${name} asks the server for a change`, async ({ page, server }) => {
    if (!name.includes('nothing')) await server.put('1', { quantity: 5 })
    const changes: string[] = []
    page.on('request', (request) => {
      if (request.method() !== 'GET' && !request.url().endsWith('/api/verify')) changes.push(`${request.method()} ${request.url()}`)
    })
    for (const letter of letters) {
      await page.goto(path)
      await expect(page.getByRole('button', { name: /Help|帮助/ })).toBeVisible()
      await expect(page.getByText(/Connecting|连接中/)).toHaveCount(0)
      await page.keyboard.press(letter)
    }
    await page.evaluate(() => fetch('/livez')) // what a key asked for went out before this
    expect(changes).toEqual([])
  })
}

test('one key goes to the demo sale, and Enter runs it', async ({ page }) => {
  const answered = await noteAnswered(page)
  for (const path of ['/', '/?rehearsals']) {
    await page.goto(path)
    await expect(page.getByRole('button', { name: /Run/ })).toBeVisible()
    await page.keyboard.press('d')
    await expect(page.getByRole('button', { name: /Run/ })).toBeFocused()
  }
  await page.keyboard.press('Enter')
  await expect.poll(answered).toContainEqual(expect.stringContaining('of 10,000 buyers answered'))
})
