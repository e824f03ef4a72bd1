// The client @cocart/cocart-rest-api as it comes from npm: a login, a second factor
// where the site asks for one, then calls with the token.
//
//   SITE=https://shop.example.org LOGIN=edna PASSWORD=... CODE=123456 node cocart.mjs
//
// WAY=basic sends name and password as Basic, which the client does over https
// only; else they are members of a JSON body.
import process from 'node:process'
import CoCart from '@cocart/cocart-rest-api'

const { SITE, LOGIN, PASSWORD, CODE, WAY } = process.env
const Client = CoCart.default ?? CoCart // the first in Node, the other in bundlers

const basic = WAY === 'basic'
const shop = new Client(basic ? { url: SITE, consumerKey: LOGIN, consumerSecret: PASSWORD } : { url: SITE })
const credentials = basic ? {} : { username: LOGIN, password: PASSWORD }

async function login() {
  try {
    return await shop.post('login', credentials)
  } catch (refused) {
    const { status, data } = refused.response
    console.log('refused:', status, data.code)
    if (data.code !== 'cocart_2fa_required') process.exit(1)
    return shop.post('login', { ...credentials, '2fa_code': CODE })
  }
}

const { status, data } = await login()
console.log('login:', status, data.display_name)

const config = { headers: { Authorization: 'Bearer ' + data.extras.jwt_token } }
const jwt = new Client({ url: SITE, version: 'cocart/jwt', axiosConfig: config })
const valid = await jwt.post('validate-token')
console.log('validate:', valid.status, valid.data.message)

const site = new Client({ url: SITE, version: 'wp/v2', axiosConfig: config })
console.log('me:', (await site.get('users/me')).data.name)

// Headers of one's own take the place of the client's, its Content-Type too.
const plain = new Client({ url: SITE, version: 'cocart/jwt' })
const next = await plain.post('refresh-token', { refresh_token: data.extras.jwt_refresh })
console.log('refreshed:', next.status)
