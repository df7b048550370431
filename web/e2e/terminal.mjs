// A station: the next lot is started, a wrong part refused, the right part taken.
import { must, ready, scan, t } from './harness.mjs'

const screen = { viewport: { width: 1280, height: 800 } }

async function kit(walk) {
  const page = await walk.pageOf('op-121', { ...screen, terminal: 'ST10' })
  page.signedIn = true
  await page.goto('/stations')
  await ready(page)
  await walk.shot(page, 'stations')
  await page.goto('/stations/ST10')
  await page.getByRole('button', { name: /^Start / }).click()
  await page.getByRole('button', { name: t('terminal.main.wait_scan', { material: 'HSG' }) }).waitFor()
  const lot = (await page.locator('h1').innerText()).replaceAll(/\s/g, '')
  await walk.shot(page, 'terminal-started')

  await scan(page, 'WRONG-4711')
  const place = page.getByRole('status').filter({ hasText: t('terminal.scan.not_taken') })
  await place.filter({ hasText: 'WRONG-4711' }).waitFor()
  must((await walk.api(page, `/lots/${lot}`)).step === '10-1', 'the wrong code moved the lot')
  await walk.shot(page, 'terminal-refused')

  const stock = await walk.api(page, '/material-lots?material=HSG&state=available&limit=1')
  must(stock.items?.length === 1, 'no housing is available')
  await scan(page, stock.items[0].lot)
  const steps = page.getByRole('list', { name: t('terminal.steps') }).getByRole('listitem')
  await steps.nth(0).and(page.locator('[data-state="done"]')).waitFor()
  await steps.nth(1).and(page.locator('[data-state="now"]')).waitFor()
  await page.getByRole('button', { name: t('terminal.main.wait_scan', { material: 'CB' }) }).waitFor()
  const built = await walk.api(page, `/lots/${lot}/as-built`)
  const used = built.operations[0].steps.flatMap((s) => s.components ?? []).map((c) => c.lot)
  must(used.length === 1 && used[0] === stock.items[0].lot, `the record has ${used}, scanned was ${stock.items[0].lot}`)
  await walk.shot(page, 'terminal-done')
  await page.context().close()
}

export const terminal = (walk) => walk.part('Terminal', () => kit(walk))
