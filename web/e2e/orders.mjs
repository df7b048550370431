// The orders: the list, an order's drawer against the API, a new order by hand and its release.
import { must, ready, t } from './harness.mjs'

const parts = ['good', 'in_process', 'scrap', 'not_started']

async function drawer(walk) {
  const { order } = walk.input
  const page = await walk.pageOf('pl-07')
  page.signedIn = true
  await page.goto('/orders?state=done')
  await ready(page)
  await page.locator(`tr[data-id="${order}"]`).click()
  const aside = page.locator('aside')
  await aside.getByRole('heading', { name: order, exact: true }).waitFor()
  const said = await walk.api(page, `/work-orders/${order}`)
  await aside.getByText(t(`status.order.${said.state}`), { exact: true }).waitFor()
  const sum = parts.map((part) => `${said[part]} ${t(`orders.share.${part}`)}`).join(', ')
  await aside
    .getByRole('img', { name: t('orders.balance', { ordered: said.quantity, parts: sum }), exact: true })
    .waitFor()
  must(
    parts.reduce((n, part) => n + Number(said[part]), 0) === Number(said.quantity),
    `the parts of ${order} do not add up`,
  )
  await walk.shot(page, 'order-drawer')
  await page.context().close()
}

async function create(walk) {
  const page = await walk.pageOf('pl-07')
  page.signedIn = true
  await page.goto('/orders')
  await ready(page)
  await walk.shot(page, 'orders')
  await page
    .getByRole('button', { name: t('orders.new') })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('orders.field.number'), { exact: true }).fill('BROWSER-1')
  await dialog
    .locator('input')
    .and(dialog.getByLabel(t('orders.field.product'), { exact: true }))
    .click()
  await page.getByRole('option', { name: /^INV-200/ }).click()
  await dialog.getByLabel(t('orders.field.quantity'), { exact: true }).fill('2')
  await walk.shot(page, 'order-new')
  await dialog.getByRole('button', { name: t('orders.create.confirm') }).click()
  await page.locator('tr[data-id="BROWSER-1"]').waitFor()
  const aside = page.locator('aside')
  await aside.getByText(t('status.order.created'), { exact: true }).waitFor()
  const said = await walk.api(page, '/work-orders/BROWSER-1')
  must(said.created_by === 'pl-07' && said.quantity === '2', `the API says ${JSON.stringify(said)}`)
  await aside.getByRole('button', { name: t('orders.command.release'), exact: true }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('orders.ask.release.confirm', { quantity: 2 }) })
    .click()
  await aside.getByText(t('status.order.released'), { exact: true }).waitFor()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await walk.shot(page, 'order-released')
  await page.context().close()
}

export async function orders(walk) {
  await walk.part('OrderDrawer', () => drawer(walk))
  await walk.part('CreateAndRelease', () => create(walk))
}
