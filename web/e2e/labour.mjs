// People: who may work at a station, a certificate given with its evidence and withdrawn again, the alert of one that has
// ended, what an order cost in time, and time that belongs to no order.
import { must, ready, t } from './harness.mjs'

const pdf = Buffer.from('%PDF-1.4\n% proof of training\n')

async function open(walk, user, path) {
  const page = await walk.pageOf(user)
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  return page
}

async function matrix(walk) {
  const page = await open(walk, 'qe-02', '/qualifications?station=ST30')
  const row = page.locator('tr', { hasText: 'op-130' })
  await row.getByText(t('qualifications.lacks', { what: 'Dispensing 2' }), { exact: true }).waitFor()
  const said = await walk.api(page, '/qualifications?station=ST30')
  const may = said.people.filter((p) => p.may).length
  must(
    (await page.getByText(t('qualifications.may'), { exact: true }).count()) === may && may > 0,
    `the API lets ${may} people work at ST30, the screen shows another number`,
  )
  await walk.shot(page, 'qualifications')
  await page.context().close()
}

async function certificate(walk) {
  const page = await open(walk, 'qe-02', '/qualifications?state=ending')
  const row = page.locator('tr', { hasText: 'op-130' })
  await row.getByText(t('status.certificate.ended'), { exact: true }).waitFor()
  await walk.shot(page, 'qualifications-ending')
  await row.getByRole('button', { name: t('qualifications.renew') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('qualifications.column.issuer'), { exact: true }).fill('Training centre')
  await dialog
    .locator('input[type=file]')
    .setInputFiles({ name: 'proof.pdf', mimeType: 'application/pdf', buffer: pdf })
  await walk.shot(page, 'qualifications-renew')
  await dialog.getByRole('button', { name: t('qualifications.renew') }).click()
  await dialog.waitFor({ state: 'detached' })
  const held = await walk.api(page, '/certificates?account=op-130&skill=Dispensing')
  must(held.items[0].state === 'valid' && held.items[0].given_by === 'qe-02', `the API says ${JSON.stringify(held)}`)
  const file = await page.request.get(`${walk.input.url}/api/v1/certificates/${held.items[0].id}/evidence`)
  must((await file.body()).equals(pdf), 'the evidence is not what was given')
  await page.goto('/qualifications?state=certificates&account=op-130')
  await page
    .locator('tr', { hasText: 'Training centre' })
    .getByRole('button', { name: t('qualifications.withdraw') })
    .click()
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('The test was failed')
  await dialog.getByRole('button', { name: t('qualifications.withdraw') }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.goto('/qualifications?state=certificates&account=op-130&history=true')
  await page.getByText('The test was failed', { exact: true }).waitFor()
  await walk.shot(page, 'qualifications-history')
  await page.goto('/qualifications?state=skills')
  await page.locator('tr', { hasText: 'Crimping' }).first().waitFor()
  await walk.shot(page, 'qualifications-skills')
  await page.context().close()
}

/** The alert of the certificate that had ended was raised by itself. Renewing it closed it. */
async function alerts(walk) {
  const page = await open(walk, 'sv-05', '/alerts?state=all')
  await page.locator('tr', { hasText: 'op-130/Dispensing' }).first().waitFor()
  const said = await walk.api(page, '/alerts?kind=qualification_ended')
  must(
    said.items.filter((a) => a.subject === 'op-130/Dispensing' && a.closed_at).length > 0,
    `a renewed certificate left its alert open: ${JSON.stringify(said.items)}`,
  )
  await walk.shot(page, 'alerts')
  await page.context().close()
}

async function time(walk) {
  const { order } = walk.input
  const page = await open(walk, 'sv-05', `/orders?state=done&sel=${order}`)
  const said = await walk.api(page, `/work-orders/${order}/labour`)
  must(said.rows.length > 0 && said.ms > 0, `no labour for ${order}: ${JSON.stringify(said)}`)
  must(said.rows.reduce((n, row) => n + row.ms, 0) === said.ms, 'the rows do not add up to the sum')
  const table = page.locator('aside').getByRole('table', { name: t('labour.title') })
  await table.waitFor()
  must((await table.locator('tbody tr').count()) === said.rows.length, 'the drawer shows another number of rows')
  await table.scrollIntoViewIfNeeded()
  await walk.shot(page, 'order-labour')
  await page.getByRole('button', { name: 'sv-05' }).click()
  await page.getByRole('menuitem', { name: 'Cleaning', exact: true }).click()
  await page.getByRole('menuitem', { name: t('labour.end', { what: 'Cleaning' }) }).waitFor()
  await walk.shot(page, 'account-clock')
  const running = await walk.api(page, '/labour/running')
  must(running.items.length === 1 && running.items[0].code === 'CLEAN', `running: ${JSON.stringify(running)}`)
  await page.getByRole('menuitem', { name: t('labour.end_all') }).click()
  await page.getByRole('menuitem', { name: t('labour.end_all') }).waitFor({ state: 'detached' })
  await page.goto('/labour')
  await page.locator('tr', { hasText: 'sv-05' }).first().waitFor()
  await walk.shot(page, 'labour')
  await page.locator('tr', { hasText: 'sv-05' }).first().click()
  await page.getByRole('dialog').getByText('Cleaning').waitFor()
  await walk.shot(page, 'labour-entries')
  await page.context().close()
}

export async function labour(walk) {
  await walk.part('WhoMayWork', () => matrix(walk))
  await walk.part('Certificate', () => certificate(walk))
  await walk.part('Alerts', () => alerts(walk))
  await walk.part('Labour', () => time(walk))
}
