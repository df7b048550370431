// A certified OpenID provider (panva/oidc-provider) on a free port, with its own login form. Usage: node server.js
// PEOPLE REDIRECT. PEOPLE is a JSON file of claims by login, read again at each sign-in, so that a test can change them.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { Provider } from 'oidc-provider'

const [people, redirect] = process.argv.slice(2)
const server = http.createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'steelthread',
        client_secret: process.env.CLIENT_SECRET,
        redirect_uris: [redirect],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'roles'] },
    conformIdTokenClaims: process.env.CLAIMS !== 'id_token', // true: claims come from the userinfo endpoint alone
    cookies: { keys: ['a key of this test run'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    async findAccount(_, id) {
      const claims = JSON.parse(readFileSync(people, 'utf8'))[id]
      return claims && { accountId: id, claims: async () => ({ sub: id, ...claims }) }
    },
  })
  server.on('request', provider.callback())
  console.log(issuer)
})
