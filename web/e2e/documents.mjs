// Controlled documents: a revision drafted in the editor, compared, submitted, signed and in force; read at the terminal
// before the work by it begins; a running order moved to it.
import { must, ready, t } from './harness.mjs'

const rev = (id, revision) => t('documents.rev', { id, revision })

async function list(walk) {
  const page = await walk.pageOf('pl-07')
  page.signedIn = true
  await page.goto('/documents')
  await ready(page)
  for (const id of ['INV-200', 'HK-20', 'WI-TORQUE', 'BEAD', 'TC-20-P7'])
    await page.getByRole('link', { name: rev(id, id === 'INV-200' ? 'B' : 'A') }).waitFor()
  await walk.shot(page, 'documents')
  for (const [kind, id] of [
    ['instruction', 'WI-TORQUE'],
    ['inspection_rule', 'BEAD'],
    ['recipe', 'TC-20-P7'],
  ]) {
    await page.goto(`/documents/${kind}/${id}/A`)
    await ready(page)
    await page.getByText(t('documents.not_signed_here')).waitFor()
    await walk.shot(page, `document-${kind}`)
  }
  await page.context().close()
}

/** Adds rev C of the inverter: another text, a narrower limit, an operation more. */
async function draft(walk) {
  const page = await walk.pageOf('pl-07')
  page.signedIn = true
  await page.goto('/documents/routing/INV-200/effective')
  await ready(page)
  await page.getByRole('button', { name: t('documents.draft.button') }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('documents.draft.confirm') })
    .click()
  await page.waitForURL('**/documents/routing/INV-200/C/edit')
  await ready(page)
  await walk.shot(page, 'document-edit')
  const step = page.getByRole('region', { name: /^10-1 / })
  await step
    .getByLabel(t('documents.step_field.instruction'), { exact: true })
    .fill('Take one housing, lint-free gloves on.')
  const planned = page
    .getByRole('region', { name: /^10 Kit/ })
    .getByLabel(t('documents.routing.planned'), { exact: true })
  await planned.fill('240')
  await page.getByRole('button', { name: t('documents.edit.save') }).click()
  await page.getByRole('button', { name: t('documents.edit.done') }).waitFor()
  await page.getByRole('button', { name: t('documents.edit.check'), exact: true }).click()
  await page.getByText(t('documents.edit.in_order')).waitFor()
  await page.getByRole('button', { name: t('documents.edit.done') }).click()
  await page.waitForURL('**/documents/routing/INV-200/C')
  await ready(page)
  const diff = page.getByRole('table', { name: t('documents.diff.title') })
  await diff.getByRole('row').filter({ hasText: 'lint-free gloves' }).waitFor()
  await diff.getByRole('row').filter({ hasText: '216' }).filter({ hasText: '240' }).waitFor()
  must((await diff.locator('tbody tr').count()) === 2, 'the comparison tells of more than the two changes')
  await walk.shot(page, 'document-draft')
  await page.getByRole('button', { name: t('documents.submit.button'), exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('documents.fact.reason'), { exact: true }).fill('Fingerprints on the sealing face')
  // The field itself is hidden behind its pills, so it is opened by the keyboard.
  await dialog
    .locator('input')
    .and(dialog.getByLabel(t('documents.submit.roles'), { exact: true }))
    .focus()
  await page.keyboard.press('ArrowDown')
  await page.getByRole('option', { name: t('documents.role.operator') }).click()
  await walk.shot(page, 'document-submit')
  await dialog.getByRole('button', { name: t('documents.submit.confirm'), exact: true }).click()
  await page.locator('[data-state="in_review"]').first().waitFor()
  await walk.shot(page, 'document-in-review')
  const revision = await walk.api(page, '/documents/routing/INV-200/C')
  await sign(walk, page, revision.request)
  await page.locator('header [data-state="effective"]').waitFor() // told by the server, nobody reloads
  await walk.shot(page, 'document-effective')
  await page.context().close()
}

/** Quality signs: user, password, meaning, and the hash of what is shown. */
async function sign(walk, page, request) {
  const other = await walk.signIn('qe-02')
  const asked = await walk.api(other, `/signature-requests/${request}`)
  const answer = await other.request.post(`${walk.input.url}/api/v1/signature-requests/${request}/sign`, {
    data: {
      user: 'qe-02',
      password: walk.input.logins['qe-02'],
      meaning: asked.needs[asked.signatures.length].meaning,
      reason: 'Looked at it',
      hash: asked.hash,
    },
  })
  must(answer.ok(), `the signature was refused: ${await answer.text()}`)
  await other.context().close()
}

/** An operator who has not read the new revision reads it at the terminal, and then may start. */
async function read(walk) {
  const planner = await walk.pageOf('pl-07')
  planner.signedIn = true
  await planner.goto('/orders')
  await ready(planner)
  const send = async (path, data) => {
    const answer = await planner.request.post(`${walk.input.url}/api/v1${path}`, { data })
    must(answer.ok(), `POST ${path}: ${await answer.text()}`)
  }
  const due = new Date(Date.now() + 3 * 86_400_000).toISOString()
  await send('/work-orders', { number: 'BROWSER-B', product: 'INV-200', quantity: '1', due, priority: 99, line: 'L1' })
  await send('/work-orders/BROWSER-B/release')
  const lots = async () => (await walk.api(planner, '/work-orders/BROWSER-B/lots')).items ?? []
  for (let i = 0; i < 60 && (await lots()).length === 0; i++) await planner.waitForTimeout(500)
  const [{ lot, revision }] = await lots()
  must(revision === 'C', `the lot is made by rev ${revision}`)
  await planner.context().close()

  const page = await walk.pageOf('op-121', { viewport: { width: 1280, height: 800 }, terminal: 'ST10' })
  page.signedIn = true
  await page.goto(`/stations/ST10?lot=${lot}`)
  const band = page.getByRole('status').filter({ hasText: t('documents.read.first', { id: 'INV-200', revision: 'C' }) })
  await band.waitFor()
  await walk.shot(page, 'terminal-read-first')
  await band.getByRole('button', { name: t('documents.read.open') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('lint-free gloves').first().waitFor()
  await walk.shot(page, 'terminal-reading')
  await dialog.getByLabel(t('documents.read.understood', { id: 'INV-200', revision: 'C' })).check()
  await dialog.getByRole('button', { name: t('documents.read.confirm') }).click()
  await dialog.waitFor({ state: 'detached' })
  await band.waitFor({ state: 'detached' })
  const left = (await walk.api(page, '/documents-to-read')).items ?? []
  must(left.length === 0, `still to read: ${JSON.stringify(left)}`)
  await walk.shot(page, 'terminal-read')
  await page.context().close()
}

/** The order that began on rev A goes over to rev B. */
async function move(walk) {
  const page = await walk.pageOf('pl-07')
  page.signedIn = true
  await page.goto('/orders?sel=BROWSER-1')
  await ready(page)
  const aside = page.locator('aside')
  await aside.getByRole('link', { name: rev('INV-200', 'B') }).waitFor()
  await walk.shot(page, 'order-newer-revision')
  await aside.getByRole('button', { name: t('documents.move.button', { revision: 'C' }) }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('table', { name: t('documents.diff.title') }).waitFor()
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('Complaints about the seal')
  await walk.shot(page, 'order-move')
  await dialog.getByRole('button', { name: t('documents.move.confirm') }).click()
  await aside.getByText(t('documents.move.state.requested', { from: 'B', to: 'C' })).waitFor()
  const [change] = (await walk.api(page, '/work-orders/BROWSER-1/revision-changes')).items
  await sign(walk, page, change.request)
  await aside.getByText(t('documents.move.state.approved', { from: 'B', to: 'C' })).waitFor()
  const order = await walk.api(page, '/work-orders/BROWSER-1')
  must(order.revision === 'C', `the order is on rev ${order.revision}`)
  await walk.shot(page, 'order-moved')
  await page.context().close()
}

export async function documents(walk) {
  await walk.part('Documents', () => list(walk))
  await walk.part('DraftToEffective', () => draft(walk))
  await walk.part('ReadAtTheTerminal', () => read(walk))
  await walk.part('MoveARunningOrder', () => move(walk))
}
