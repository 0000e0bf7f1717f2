import { expect, note, test } from '../fixtures'

const small = { buyers: 400, over: '1s', quantity: 30 }

test('a rehearsal of a crowd of one’s own: repeat-clickers, quitters, and its report', async ({ page, context }) => {
  const told = await note(page, 'main p')
  await page.goto('/?rehearsals')
  await page.getByLabel('Buyers').fill('300')
  await page.getByLabel('Seconds').fill('1')
  await page.getByLabel('Units').fill('20')
  await page.getByLabel('Repeat-clickers').fill('50')
  await page.getByLabel('Quitters').fill('40')
  await page.getByRole('button', { name: 'Run it' }).click()
  await expect(page.getByText('300 buyers over 1 second for 20 units, 50 % click twice, 40 % never pay')).toBeVisible()
  await expect(page.getByRole('heading', { name: /\d+ placed, 0 oversold, no findings/ })).toBeVisible()
  await expect(page.getByText('second clicks')).toBeVisible()
  expect(await told()).toContainEqual(expect.stringContaining('Waiting until the last payment window has passed'))

  const opened = context.waitForEvent('page')
  await page.getByRole('link', { name: 'Report' }).click()
  await expect((await opened).locator('body')).toContainText('300')
})

for (const [field, typed, named] of [
  ['Buyers', '0', 'buyers'],
  ['Seconds', '600', 'over'],
  ['Seconds', 'many', 'over'],
  ['Units', '', 'quantity'],
  ['Repeat-clickers', '101', 'repeat_clickers'],
  ['Quitters', '-1', 'quitters'],
] as const) {
  test(`${field} of "${typed}" is refused beside the field, in the server's words`, async ({ page }) => {
    await page.goto('/?rehearsals')
    await page.getByLabel(field).fill(typed)
    const answered = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.getByRole('button', { name: 'Run it' }).click()
    const { errors } = (await (await answered).json()) as { errors: { field: string; rule: string }[] }
    expect(errors[0]?.field).toBe(named)
    await expect(page.getByLabel(field)).toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByLabel(field)).toHaveAccessibleDescription(errors[0]?.rule ?? '')
  })
}

test('one at a time: the second is told of the first, and led to it', async ({ page, server }) => {
  const { id } = await server.begin({ ...small, over: '60s' })
  await page.goto('/')
  await page.getByRole('button', { name: 'Run the demo sale' }).click()
  await expect(page.getByText('One is already running.')).toBeVisible()
  await page.getByRole('link', { name: 'Watch it' }).click()
  await expect(page).toHaveURL(new RegExp(id))
  await expect(page.getByText('of 400 buyers answered')).toBeVisible()

  await page.getByRole('button', { name: 'Stop it' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click()
  await expect(page.getByRole('heading', { name: 'It was stopped early' })).toBeVisible()
})

test('rehearsals are listed and marked, compared, and deleted with their products', async ({ page, server }) => {
  const ids = [await server.rehearse(small), await server.rehearse({ ...small, buyers: 500 })]
  await page.goto('/')
  await page.getByRole('link', { name: 'all 2' }).click()

  const rows = page.getByRole('listitem')
  await expect(rows).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'Compare' })).toBeDisabled()
  for (const box of await page.getByRole('checkbox').all()) await box.check()
  await page.getByRole('button', { name: 'Compare' }).click()
  await expect(page.getByRole('heading', { name: 'Two rehearsals, side by side' })).toBeVisible()
  await expect(page.getByRole('row', { name: 'sold out' })).toHaveText('sold out370470')
  const both = page.getByRole('figure')
  await expect(both).toContainText('sold out, first')
  await expect(both).toContainText('sold out, second')
  await expect(page.getByText(/^p99 was .* buyers\.$/)).toBeVisible()

  await page.getByRole('link', { name: 'All rehearsals' }).click()
  for (const left of [1, 0]) {
    await page.getByRole('button', { name: 'Delete' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await expect(page.getByRole('dialog')).toBeHidden()
    await expect(rows).toHaveCount(left)
  }
  const { products } = await (await fetch(`${server.url}/api/products`)).json()
  expect(products).toEqual([])
  await page.goto(`/products/${ids[0]}`)
  await expect(page.getByRole('heading', { name: 'There is no such rehearsal' })).toBeVisible()
})

test('the server gone in the middle: it says so, and says afterwards that the rehearsal failed', async ({ page, server }) => {
  const { id } = await server.begin({ ...small, over: '60s' })
  await page.goto(`/products/${id}`)
  await expect(page.getByText('of 400 buyers answered')).toBeVisible()
  await server.kill()
  await expect(page.getByText('The server cannot be reached.')).toBeVisible()
  await server.up()
  await expect(page.getByText('The server cannot be reached.')).toBeHidden()
  await expect(page.getByText('Failed', { exact: true })).toBeVisible()
})

test('its product is marked wherever it is seen', async ({ page, server }) => {
  const id = await server.rehearse(small)
  await page.goto(`/order/${id}`)
  await expect(page.getByRole('heading', { name: 'Orders of Rehearsal Rehearsal' })).toBeVisible()
  await page.goto(`/buy/${id}`)
  await expect(page.getByText('This is a rehearsal: nothing is really sold.')).toBeVisible()
})
