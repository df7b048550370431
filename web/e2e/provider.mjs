// Somebody signs in at the identity provider, from our button to our screen, the provider's own forms between. It reads
// {url, issuer, artifacts, chromium, person, order} as JSON from standard input.
import { readFileSync } from 'node:fs'
import { must, ready, t, Walk } from './harness.mjs'

const input = JSON.parse(readFileSync(0, 'utf8'))
const walk = new Walk(input)

/** What the provider's own pages ask for in vain. */
const elsewhere = /fonts\.googleapis\.com|\/favicon\.ico$/

/** Clicks through what the provider shows until it leads back here: who one is, then that one agrees. */
async function atProvider(page, login) {
  await page.waitForURL(`${input.issuer}/**`)
  await walk.shot(page, 'provider-login')
  await page.locator('input[name="login"]').fill(login)
  await page.locator('input[name="password"]').fill('whatever the form takes')
  await page.locator('button[type="submit"], input[type="submit"]').first().click()
  const agree = page.locator('form button[type="submit"], form input[type="submit"]').first()
  await page.waitForURL((url) => url.href.startsWith(input.url) || /\/interaction\//.test(url.pathname))
  if (!page.url().startsWith(input.url)) {
    await walk.shot(page, 'provider-consent')
    await agree.click()
  }
  await page.waitForURL(`${input.url}/**`)
}

async function signIn() {
  const page = await walk.pageOf()
  page.refusals = elsewhere
  await page.goto('/stations')
  const button = page.getByRole('link', { name: t('people.oidc.sign_in') })
  await button.waitFor()
  const found = await walk.axe(page)
  must(found.length === 0, `the sign-in: axe finds ${JSON.stringify(found)}`)
  await walk.shot(page, 'sign-in-provider')
  await page.emulateMedia({ colorScheme: 'dark' })
  await walk.shot(page, 'sign-in-provider-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await button.click()
  await atProvider(page, '42')
  page.signedIn = true
  await ready(page)
  must(new URL(page.url()).pathname === '/stations', `led to ${page.url()}`)
  must(!/code=|state=/.test(page.url()), 'the code stands in the address')
  const me = await walk.api(page, '/me')
  must(me.id === input.person && me.federated, `signed in as ${JSON.stringify(me)}`)
  await page.getByRole('button', { name: input.person }).click()
  await page.getByRole('menuitem', { name: t('app.account.sign_out') }).waitFor()
  await walk.shot(page, 'signed-in-by-provider')
  page.signedIn = false
  await page.getByRole('menuitem', { name: t('app.account.sign_out') }).click()
  await button.waitFor()
  await page.context().close()
}

/** Whom the provider knows and no role fits is told why, and is let in nowhere. */
async function noRole() {
  const page = await walk.pageOf()
  page.refusals = elsewhere
  await page.goto('/')
  await page.getByRole('link', { name: t('people.oidc.sign_in') }).click()
  await atProvider(page, '43')
  await page.getByText(t('people.oidc.no_role')).waitFor()
  const found = await walk.axe(page)
  must(found.length === 0, `the refusal: axe finds ${JSON.stringify(found)}`)
  await walk.shot(page, 'sign-in-no-role')
  await page.context().close()
}

try {
  await walk.open()
  await walk.part('SignInAtTheProvider', signIn)
  await walk.part('NoRoleAtTheProvider', noRole)
} finally {
  await walk.close()
}
