// Verifies one token a line with a remote key set, as another application would,
// and says at the end how many were good. A key that the cached set does not have
// is an error here: the cool-down keeps jose from asking again.
import { createInterface } from 'node:readline'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const [address, issuer, cacheMaxAge] = process.argv.slice(2)
const keys = createRemoteJWKSet(new URL(address), {
  cacheMaxAge: Number(cacheMaxAge),
  cooldownDuration: 24 * 60 * 60 * 1000,
})
const kids = new Set()
const failures = []
let good = 0
for await (const token of createInterface({ input: process.stdin })) {
  try {
    const { protectedHeader } = await jwtVerify(token, keys, { issuer, typ: 'at+jwt' })
    kids.add(protectedHeader.kid)
    good++
  } catch (error) {
    failures.push(error.code ?? String(error))
  }
}
console.log(JSON.stringify({ good, kids: kids.size, failures }))
