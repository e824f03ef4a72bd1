// The client wpapi as it comes from npm: it finds the API by the site's address,
// then writes, changes, reads and deletes a post with a token.
//
//   SITE=https://shop.example.org LOGIN=edna PASSWORD=... node wpapi.mjs
import process from 'node:process'
import WPAPI from 'wpapi'

const { SITE, LOGIN, PASSWORD } = process.env

const answer = await fetch(SITE + '/wp-json/jwt-auth/v1/token', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ username: LOGIN, password: PASSWORD }),
})
const { token } = await answer.json()

const site = await WPAPI.discover(SITE)
const before = await site.posts().perPage(1)
console.log('discovered, pages:', Number(before._paging.totalPages) > 0)

await site.posts().create({ title: 'Nobody' }).then(
  () => console.log('anonymous: created'),
  (refused) => console.log('anonymous:', refused.data?.status),
)

site.setHeaders('Authorization', 'Bearer ' + token)
const post = await site.posts().create({ title: 'Written with wpapi', status: 'publish' })
console.log('created:', post.title.raw)
const changed = await site.posts().id(post.id).update({ title: 'Changed with wpapi' })
console.log('updated:', changed.title.raw)
console.log('me:', (await site.users().me()).name)
const gone = await site.posts().id(post.id).delete({ force: true })
console.log('deleted:', gone.deleted)
