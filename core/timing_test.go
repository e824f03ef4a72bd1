//go:build timing

package core_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
)

// TestLogin_timing measures whether response times reveal an unknown user, a wrong password
// or a disabled user. It does twice CARDEA_TIMING (500) logins of each, in random order,
// with one and with several clients. It takes minutes on a quiet machine, so only "make
// timing" builds it; TestLogin_sameWork tests that each costs the same number of hashes.
func TestLogin_timing(t *testing.T) {
	h := timed(t, nil)
	for _, clients := range []int{1, 4} {
		h.compareLogins(timings(500), clients, []string{"nobody", "alice", "carol"})
	}
}

// TestLogin_timingMixed measures users of a store and of a WordPress with hashes of all
// formats, and unknown ones.
func TestLogin_timingMixed(t *testing.T) {
	const end = "......................///////////////////////////////"
	site := &mixedForms{foreignTable{name: "site"}}
	for i, u := range []api.User{
		{Login: "phpass", Hash: "$P$BOEYhVExrAG021OKAd3L7kHYsi7Wln/"}, {Login: "bcrypt10", Hash: "$2y$10$" + end},
		{Login: "wp10", Hash: "$wp$2y$10$" + end}, {Login: "md5", Hash: "5f4dcc3b5aa765d61d8327deb882cf99"},
		{Login: "argon2i", Hash: "$argon2i$v=19$m=8192,t=2,p=1$c29tZXNhbHQ$c29tZXNhbHQ"},
		{Login: "banned", Hash: "$P$BOEYhVExrAG021OKAd3L7kHYsi7Wln/", Disabled: true},
	} {
		u.Number, u.Hash = int64(i+1), users.WordPress(u.Hash)
		site.users = append(site.users, u)
	}
	h := timed(t, func(c *core.Config) {
		s := memory.New()
		t.Cleanup(func() { s.Close() })
		c.Store = s
		c.Directories = []users.Directory{users.NewStore(s, users.StoreConfig{Passwords: c.Passwords}), site}
	})
	h.must(h.Admin().CountHashForms(context.Background()))
	for _, clients := range []int{1, 4} {
		h.compareLogins(timings(100), clients, []string{
			"nobody", "alice", "carol", "phpass", "bcrypt10", "wp10", "md5", "argon2i", "banned",
		})
	}
}

// mixedForms is a foreignTable that reports the formats of its hashes.
type mixedForms struct{ foreignTable }

func (d *mixedForms) HashForms(context.Context) (list []users.HashForm, err error) {
	for _, u := range d.users {
		f, _ := users.FormOf(u.Hash, 1)
		list = append(list, f)
	}
	return list, nil
}

// timed opens an engine with real hashes and no throttle, in which carol is disabled.
func timed(t *testing.T, change func(*core.Config)) *testEngine {
	h := newTestEngine(t, func(c *core.Config) {
		c.Now, c.Guessing = nil, throttle.After(0)
		c.Passwords = users.NewPasswords(users.PasswordConfig{})
		if change != nil {
			change(c)
		}
	})
	h.must(h.accounts.SetDisabled(context.Background(), h.newUser("carol").Subject, true, "test"))
	return h
}

// timings returns half the number of logins that are measured for each user.
func timings(usual int) int {
	if n, _ := strconv.Atoi(os.Getenv("CARDEA_TIMING")); n > 0 {
		return n
	}
	return usual
}

// compareLogins prints the medians and fails the test if two differ by more than a
// twentieth of the time of a hash.
func (h *testEngine) compareLogins(n, clients int, logins []string) {
	h.t.Helper()
	var order []string
	for range 2 * n {
		order = append(order, logins...)
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	took := h.timeLogins(order, clients)
	var medians []time.Duration
	text := fmt.Sprintf("%d at once, 2 x %d logins each:", clients, n)
	for _, login := range logins {
		slices.Sort(took[login])
		m := took[login][len(took[login])/2]
		medians = append(medians, m)
		text += fmt.Sprintf(" %s %s", cmp.Or(map[string]string{"nobody": "unknown", "alice": "wrong", "carol": "disabled"}[login], login), m)
	}
	apart := float64(slices.Max(medians)-slices.Min(medians)) / float64(slices.Min(medians)) * 100
	h.t.Logf("%s; medians apart by %.2f%%", text, apart)
	if apart > 5 {
		h.t.Errorf("medians are apart by %.2f%%, want under 5%%", apart)
	}
}

func (h *testEngine) timeLogins(order []string, clients int) map[string][]time.Duration {
	took := map[string][]time.Duration{}
	next := make(chan string)
	var tries atomic.Int64 // distinct, since simultaneous attempts with one password are one check
	var mu sync.Mutex
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for login := range next {
				begin := time.Now()
				_, err := h.Tokens().Login(context.Background(), core.LoginRequest{Login: login, Password: api.Secret(fmt.Sprint("wrong horse ", tries.Add(1)))})
				d := time.Since(begin)
				mu.Lock()
				if api.CodeOf(err) != api.Unauthenticated {
					h.t.Errorf("%s: got %v, want code %s", login, err, api.Unauthenticated)
				}
				took[login] = append(took[login], d)
				mu.Unlock()
			}
		})
	}
	for _, login := range order {
		next <- login
	}
	close(next)
	all.Wait()
	return took
}
