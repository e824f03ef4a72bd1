// Log in, check the token, write a post, ask who I am: with fetch, as it is in
// browsers, Node, Deno and Bun.
//
//   SITE=https://shop.example.org LOGIN=edna PASSWORD=... node walk.mjs
import process from 'node:process'

const api = process.env.SITE + '/wp-json'

async function call(method, path, token, body) {
  const headers = { 'Content-Type': 'application/json' }
  if (token) headers.Authorization = 'Bearer ' + token
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) })
  const json = await answer.json()
  // Every refusal has a code to look for, and a message to show.
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${json.code}: ${json.message}`)
  return { status: answer.status, json }
}

const credentials = { username: process.env.LOGIN, password: process.env.PASSWORD }
const { token, user_email } = (await call('POST', '/jwt-auth/v1/token', null, credentials)).json
console.log('token for', user_email)

const valid = await call('POST', '/jwt-auth/v1/token/validate', token)
console.log('validate:', valid.json.code)

const post = await call('POST', '/wp/v2/posts', token, { title: 'Written with fetch', status: 'publish' })
console.log('post:', post.status)

const me = await call('GET', '/wp/v2/users/me', token)
console.log('me:', me.json.name)
