// Dispatching: the supervisor looks at the queues of a line while orders get other priorities, are held and resumed, and the
// station is stopped; each time the queue changes by itself and says why. Then jobs are moved by hand, and the move is undone.
import { must, ready, t } from './harness.mjs'

const station = 'ST80'
const orders = ['WALK-QUEUE-A', 'WALK-QUEUE-B']

async function send(walk, page, path, data = {}) {
  const answer = await page.request.post(`${walk.input.url}/api/v1${path}`, {
    data,
    headers: { 'Idempotency-Key': crypto.randomUUID() },
  })
  if (!answer.ok()) throw new Error(`POST ${path} answers ${answer.status()}: ${await answer.text()}`)
}

/** Waits until the two jobs stand in this order, whatever else stands between them. */
async function stand(page, first, second) {
  await page.waitForFunction(
    ([a, b]) => {
      const text = [...document.querySelectorAll('tbody tr')].map((row) => row.textContent ?? '')
      const at = (order) => text.findIndex((row) => row.includes(order))
      return at(a) >= 0 && at(b) >= 0 && at(a) < at(b)
    },
    [first, second],
  )
}

async function react(walk) {
  const planner = await walk.pageOf('pl-07')
  const page = await walk.pageOf('sv-05')
  page.signedIn = true
  const due = new Date(Date.now() + 72 * 3_600_000).toISOString()
  for (const number of orders) {
    await send(walk, planner, '/work-orders', {
      number,
      product: 'HK-20',
      quantity: '50',
      due,
      priority: 40,
      line: 'L1',
    })
    await send(walk, planner, `/work-orders/${number}/release`)
  }
  await page.goto(`/dispatch?line=L1&station=${station}`)
  await ready(page)
  const [a, b] = orders
  const row = (order) => page.getByRole('row').filter({ hasText: order })
  await stand(page, a, b)
  await row(a)
    .getByText(t('dispatch.reason.priority', { priority: 40 }))
    .waitFor()
  await walk.shot(page, 'dispatch')

  // A priority.
  await send(walk, planner, `/work-orders/${b}/change`, { priority: 95, reason: 'the customer waits' })
  await stand(page, b, a)
  await row(b)
    .getByText(t('dispatch.reason.priority', { priority: 95 }))
    .waitFor()
  // A hold.
  await send(walk, planner, `/work-orders/${b}/hold`, { reason: 'wrong drawing' })
  await row(b)
    .getByText(t('dispatch.reason.order_hold', { order: b, detail: ': wrong drawing' }))
    .waitFor()
  await row(b).getByText(t('status.job.barred')).waitFor()
  await stand(page, a, b)
  await walk.shot(page, 'dispatch-held')
  await send(walk, planner, `/work-orders/${b}/resume`)
  await stand(page, b, a)
  // The station.
  await send(walk, page, `/stations/${station}/stop`, { reason: 'oil on the floor' })
  await page
    .getByText(`${t('dispatch.barred', { station, why: t('dispatch.bar.station_stopped') })}: oil on the floor`)
    .waitFor()
  await row(a).getByText(t('status.job.barred')).waitFor()
  await walk.shot(page, 'dispatch-stopped')
  const dark = await walk.pageOf('sv-05', { colorScheme: 'dark' })
  dark.signedIn = true
  await dark.goto('/dispatch?line=L1')
  await ready(dark)
  await dark.getByText('oil on the floor').first().waitFor()
  await walk.shot(dark, 'dispatch-dark')
  await dark.context().close()
  await send(walk, page, `/stations/${station}/lift`, { reason: 'cleaned' })
  await row(a).getByText(t('status.job.ready')).waitFor()
  await planner.context().close()
  return page
}

/** By hand: to the top with a reason, undone at once; by keyboard as well; released at last. */
async function move(walk, page) {
  const [a, b] = orders
  const row = (order) => page.getByRole('row').filter({ hasText: order })
  const lot = (await row(a).locator('b.id').textContent()) ?? ''
  await row(a)
    .getByRole('button', { name: t('dispatch.top', { lot }) })
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('he stands at the door')
  await walk.shot(page, 'dispatch-move')
  await dialog.getByRole('button', { name: t('dispatch.move.confirm'), exact: true }).click()
  await stand(page, a, b)
  await row(a).getByText('he stands at the door').waitFor()
  await walk.shot(page, 'dispatch-moved')
  await page.getByRole('button', { name: t('dispatch.undo'), exact: true }).click()
  await stand(page, b, a)
  await row(a).getByRole('link').focus()
  await page.keyboard.press('Alt+Home')
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('by keyboard')
  await dialog.getByRole('button', { name: t('dispatch.move.confirm'), exact: true }).click()
  await stand(page, a, b)
  await row(a)
    .getByRole('button', { name: t('dispatch.release', { lot }) })
    .click()
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('he came himself')
  await dialog.getByRole('button', { name: t('dispatch.release.confirm'), exact: true }).click()
  await stand(page, b, a)
  must((await page.getByText('by keyboard').count()) === 0, 'a place that was released still shows its reason')
  // What happened, and why.
  await page.getByRole('button', { name: t('dispatch.log.open_of', { station }) }).click()
  await dialog.getByText('oil on the floor').first().waitFor()
  await walk.shot(page, 'dispatch-log')
  await page.keyboard.press('Escape')
}

/** The operator's terminal says the same words. */
async function atTheTerminal(walk) {
  const page = await walk.pageOf('op-121', { terminal: station, viewport: { width: 1280, height: 800 } })
  page.signedIn = true
  await page.goto(`/stations/${station}`)
  await page
    .getByRole('navigation', { name: t('terminal.steps') })
    .getByRole('button', { name: t('terminal.next') })
    .click()
  await page
    .getByRole('dialog')
    .getByText(t('dispatch.reason.priority', { priority: 95 }))
    .first()
    .waitFor()
  await walk.shot(page, 'terminal-queue-why')
  await page.context().close()
}

async function end(walk, page) {
  const planner = await walk.pageOf('pl-07')
  for (const number of orders)
    await send(walk, planner, `/work-orders/${number}/cancel`, { reason: 'the walk is over' })
  await page.getByText(orders[0]).first().waitFor({ state: 'detached' })
  await planner.context().close()
  await page.context().close()
}

export async function dispatch(walk) {
  let page
  await walk.part('Dispatching reacts', async () => {
    page = await react(walk)
  })
  if (!page) return
  await walk.part('Dispatching by hand', () => move(walk, page))
  await walk.part('Dispatching at the terminal', () => atTheTerminal(walk))
  await walk.part('Dispatching ends', () => end(walk, page))
}
