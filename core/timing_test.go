//go:build timing

package core_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
)

// TestLogin_timing measures whether a clock can tell an unknown user, a wrong
// password and a disabled user apart: twice so many logins of each as
// CARDEA_TIMING says (500), in random order, one by one and several at once. It is
// a measurement of minutes on a quiet machine, so that "make timing" alone builds
// it; that each costs the same hashes is in TestLogin_sameWork.
func TestLogin_timing(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("CARDEA_TIMING"))
	if n == 0 {
		n = 500
	}
	h := newHouse(t, func(c *core.Config) {
		c.Now, c.Guessing = nil, throttle.After(0)
		c.Passwords = users.NewPasswords(users.PasswordConfig{})
	})
	h.must(h.accounts.SetDisabled(context.Background(), h.newUser("carol").Subject, true, "test"))
	for _, clients := range []int{1, 4} {
		h.compareLogins(n, clients)
	}
}

// compareLogins prints the medians and fails if two are apart by more than a
// twentieth of the hash's time.
func (h *house) compareLogins(n, clients int) {
	h.t.Helper()
	logins := []string{"nobody", "alice", "carol"} // unknown, wrong, disabled
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
		text += fmt.Sprintf(" %s %s", map[string]string{"nobody": "unknown", "alice": "wrong", "carol": "disabled"}[login], m)
	}
	apart := float64(slices.Max(medians)-slices.Min(medians)) / float64(slices.Min(medians)) * 100
	h.t.Logf("%s; medians apart by %.2f%%", text, apart)
	if apart > 5 {
		h.t.Errorf("medians are apart by %.2f%%, want under 5%%", apart)
	}
}

func (h *house) timeLogins(order []string, clients int) map[string][]time.Duration {
	took := map[string][]time.Duration{}
	next := make(chan string)
	var mu sync.Mutex
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for login := range next {
				begin := time.Now()
				_, err := h.Login(context.Background(), core.LoginRequest{Login: login, Password: "wrong horse"})
				d := time.Since(begin)
				mu.Lock()
				if api.CodeOf(err) != api.Unauthenticated {
					h.t.Errorf("%s: %v", login, err)
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
