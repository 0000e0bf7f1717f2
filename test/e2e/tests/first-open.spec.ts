import { expect, itsOwnWork, test } from '../fixtures'

// Not a test, since no test fails on time: it says how long a page takes until it can be used, opened for the first time
// on a computer that is four times slower. `make first-open`
const slower = 4
const rounds = 7

for (const [name, path, button] of [
  ['the console', '/', 'Put a product on sale'],
  ['a sale', '/products/1', 'Pause'],
  ['the buyer’s page', '/buy/1', 'Buy one'],
] as const) {
  test(name, async ({ browser, server }) => {
    await server.put('1', { quantity: 100 })
    const took: number[] = []
    const worked: number[] = []
    for (let n = 0; n < rounds; n++) {
      const page = await browser.newPage({ baseURL: server.url })
      const { devtools, workedMs } = await itsOwnWork(page)
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower })
      await page.addInitScript((text) => {
        const seen = new MutationObserver(() => {
          if (![...document.querySelectorAll('button')].some((one) => one.textContent === text && !one.disabled)) return
          seen.disconnect()
          performance.mark('usable')
        })
        seen.observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
      }, button)
      await page.goto(path)
      await page.waitForFunction(() => performance.getEntriesByName('usable').length > 0)
      worked.push(await workedMs())
      took.push(await page.evaluate(() => performance.getEntriesByName('usable')[0]!.startTime))
      await page.close()
    }
    const said = (all: number[]) => `${all.sort((a, b) => a - b)[rounds >> 1]!.toFixed()} ms (${all[0]!.toFixed()} to ${all.at(-1)!.toFixed()})`
    console.log(`${name}: usable after ${said(took)}, of which the page itself computed ${said(worked)}; ${rounds} rounds, a CPU ${slower} times slower`)
    expect(took).toHaveLength(rounds)
  })
}
